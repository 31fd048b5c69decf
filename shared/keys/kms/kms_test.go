package kms_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"shixin/infra/engines/enginestest"
	"shixin/shared/fault"
	"shixin/shared/keys/keystest"
	"shixin/shared/keys/kms"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
)

var bound = map[string]string{"table": "register"}

func engine(t *testing.T) (client *awskms.Client, keyID string) {
	client = awskms.New(awskms.Options{
		BaseEndpoint: aws.String(enginestest.Moto(t)),
		Region:       "eu-central-1",
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	out, err := client.CreateKey(t.Context(), &awskms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	return client, *out.KeyMetadata.KeyId
}

func opens(d kms.Decrypter) func(context.Context) (kms.Decrypter, error) {
	return func(context.Context) (kms.Decrypter, error) { return d, nil }
}

func TestContract(t *testing.T) {
	client, keyID := engine(t)
	keystest.Run(t, func(t *testing.T, document []byte) ring.Source {
		wrapped, err := kms.Wrap(t.Context(), client, keyID, bound, document)
		if err != nil {
			t.Fatal(err)
		}
		return kms.New(opens(client), wrapped)
	})
}

func TestOnlyItsKeyAndContextUnwrap(t *testing.T) {
	client, keyID := engine(t)
	document, err := tinkseal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	right, err := kms.Wrap(t.Context(), client, keyID, bound, document)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := kms.New(opens(client), right).Document(t.Context()); err != nil || string(got) != string(document) {
		t.Fatalf("unwrapped %d bytes, %v", len(got), err)
	}
	unnamed := right
	unnamed.KeyID = ""
	if got, err := kms.New(opens(client), unnamed).Document(t.Context()); err != nil || string(got) != string(document) {
		t.Errorf("without the key's id: %d bytes, %v", len(got), err)
	}
	other, err := client.CreateKey(t.Context(), &awskms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*kms.Wrapped){
		"another context": func(w *kms.Wrapped) { w.Context = map[string]string{"table": "other"} },
		"no context":      func(w *kms.Wrapped) { w.Context = nil },
		"another key":     func(w *kms.Wrapped) { w.KeyID = *other.KeyMetadata.KeyId },
		"no base64":       func(w *kms.Wrapped) { w.Ciphertext = "!" },
		"nothing":         func(w *kms.Wrapped) { w.Ciphertext = "" },
		"cut":             func(w *kms.Wrapped) { w.Ciphertext = w.Ciphertext[:len(w.Ciphertext)/8*4] },
	} {
		wrong := right
		change(&wrong)
		if _, err := kms.New(opens(client), wrong).Document(t.Context()); err == nil || errors.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v; want an error that no retry mends", name, err)
		}
	}
}

// flaky fails with the errors in turn and then unwraps to a document.
type flaky struct {
	errs     []error
	document []byte
	calls    int
}

func (f *flaky) Decrypt(context.Context, *awskms.DecryptInput, ...func(*awskms.Options)) (*awskms.DecryptOutput, error) {
	f.calls++
	if f.calls <= len(f.errs) {
		return nil, f.errs[f.calls-1]
	}
	return &awskms.DecryptOutput{Plaintext: f.document}, nil
}

func TestOneDecryptAProcessAndHiccupsPass(t *testing.T) {
	document, err := tinkseal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	f := &flaky{
		document: document,
		errs:     []error{&aws.RequestCanceledError{Err: context.Canceled}, throttled{}, &types.DisabledException{}},
	}
	opened := 0
	r := ring.New(kms.New(func(context.Context) (kms.Decrypter, error) { opened++; return f, nil },
		kms.Wrapped{KeyID: "key", Ciphertext: base64.StdEncoding.EncodeToString([]byte("wrapped"))}))
	if opened+f.calls != 0 {
		t.Fatal("the key service was asked before it was needed")
	}
	for i, passes := range []bool{false, true, false} {
		if _, err := r.Hash(t.Context(), "a"); err == nil || errors.Is(err, fault.Unavailable) != passes {
			t.Errorf("failure %d: %v; unavailable should be %v", i+1, err, passes)
		}
	}
	seal := tinkseal.New(r)
	for range 3 {
		if _, err := r.Hash(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Seal(t.Context(), []byte("a"), nil); err != nil {
			t.Fatal(err)
		}
	}
	if f.calls != 4 || opened != 1 {
		t.Errorf("%d decrypts over %d clients, want 4 over 1", f.calls, opened)
	}
}

type throttled struct{}

func (throttled) Error() string     { return "slow down" }
func (throttled) ErrorCode() string { return "ThrottlingException" }

func TestTooLargeToWrap(t *testing.T) {
	_, err := kms.Wrap(t.Context(), nil, "key", bound, make([]byte, kms.MaxDocument+1))
	if err == nil || !strings.Contains(err.Error(), "4097") {
		t.Errorf("Wrap: %v", err)
	}
}
