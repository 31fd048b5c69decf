// Package kms provides the keyring of a deployment, wrapped by a key of AWS KMS.
//
// The wrapped keyring is no secret and comes from the function's configuration. It is unwrapped by one Decrypt in the
// life of a process. A key of one's own would cost a call for each hash, so KMS never sees an identifier.
package kms

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"

	"shixin/shared/fault"
	"shixin/shared/lazy"
)

// MaxDocument is the most that KMS encrypts directly with a symmetric key, in bytes.
const MaxDocument = 4096

// Bound is the encryption context of a deployment's keyring: what else the same KMS key may have encrypted does not pass
// for it, and each unwrapping stands in CloudTrail under this name. The template's roles ask for it too.
func Bound() map[string]string { return map[string]string{"purpose": "shixin keyring"} }

// Decrypter is what a [Source] needs of the KMS client.
type Decrypter interface {
	Decrypt(context.Context, *awskms.DecryptInput, ...func(*awskms.Options)) (*awskms.DecryptOutput, error)
}

// Encrypter is what [Wrap] needs of the KMS client.
type Encrypter interface {
	Encrypt(context.Context, *awskms.EncryptInput, ...func(*awskms.Options)) (*awskms.EncryptOutput, error)
}

// Wrapped is a keyring as it stands in a function's configuration.
type Wrapped struct {
	KeyID      string            // id, ARN or alias of the KMS key; where empty, the role's permission alone says which key may have wrapped the keyring
	Ciphertext string            // what Wrap returned
	Context    map[string]string // the encryption context given to Wrap, for example the table's name
}

// Source is a ring.Source over a wrapped keyring.
type Source struct {
	client  *lazy.Value[Decrypter]
	wrapped Wrapped
}

// New returns a source that opens its client and unwraps the keyring at its first use.
func New(open func(context.Context) (Decrypter, error), wrapped Wrapped) *Source {
	return &Source{lazy.New(open), wrapped}
}

// Document unwraps the keyring. Where KMS cannot be reached, throttles, or has a trouble of its own, the error is a
// fault of kind fault.Unavailable.
func (s *Source) Document(ctx context.Context) ([]byte, error) {
	client, err := s.client.Get(ctx)
	if err != nil {
		return nil, fmt.Errorf("kms: %w", err)
	}
	blob, err := base64.StdEncoding.DecodeString(s.wrapped.Ciphertext)
	if err != nil || len(blob) == 0 {
		return nil, errors.New("kms: the wrapped keyring is not the base64 text that wrapping printed; configure it again")
	}
	in := &awskms.DecryptInput{CiphertextBlob: blob, EncryptionContext: s.wrapped.Context}
	if s.wrapped.KeyID != "" {
		in.KeyId = aws.String(s.wrapped.KeyID)
	}
	out, err := client.Decrypt(ctx, in)
	if err != nil {
		return nil, failure("decrypt", err)
	}
	return out.Plaintext, nil
}

// Wrap encrypts the document of a new keyring for the configuration of a deployment.
func Wrap(ctx context.Context, client Encrypter, keyID string, bound map[string]string, document []byte) (Wrapped, error) {
	if len(document) > MaxDocument {
		return Wrapped{}, fmt.Errorf("kms: the keyring has %d bytes and KMS wraps at most %d; retire old versions", len(document), MaxDocument)
	}
	out, err := client.Encrypt(ctx, &awskms.EncryptInput{
		KeyId:             aws.String(keyID),
		Plaintext:         document,
		EncryptionContext: bound,
	})
	if err != nil {
		return Wrapped{}, failure("encrypt", err)
	}
	return Wrapped{keyID, base64.StdEncoding.EncodeToString(out.CiphertextBlob), bound}, nil
}

// The SDK has tried several times by then; what it would still try again later passes, everything else is a mistake in
// the set-up.
var passing = retry.IsErrorRetryables(retry.DefaultRetryables)

func failure(what string, err error) error {
	err = fmt.Errorf("kms: %s: %w", what, err)
	if passing.IsErrorRetryable(err) != aws.TrueTernary {
		return err
	}
	return fmt.Errorf("%w (%w)", fault.New(fault.Unavailable, "the key service cannot be reached; try again", "密钥服务暂不可用,请稍后重试"), err)
}
