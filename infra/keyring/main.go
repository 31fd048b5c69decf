// Command keyring makes the keyring of a new deployment and prints it wrapped by the deployment's KMS key.
//
//	go run ./infra/keyring -key ARN [-file keys.json]
//
// What it prints is the template's parameter WrappedKeys. It is no secret, but it must not be lost: without it every
// sealed text is unreadable, and nobody can be found by a personal identifier. With -file the keyring of a local run is
// wrapped in place of a new one. The clear keyring is never written.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"

	"shixin/shared/keys/file"
	"shixin/shared/keys/kms"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "keyring:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("keyring", flag.ExitOnError)
	key := flags.String("key", "", "`ARN` of the KMS key: the output KeyringKey of the stack")
	path := flags.String("file", "", "wrap the keyring in this key `file` in place of a new one")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *key == "" || flags.NArg() > 0 {
		return errors.New("say which key wraps it, and nothing else: -key ARN [-file keys.json]")
	}
	document, err := tinkseal.Generate()
	if *path != "" {
		document, err = file.New(*path).Document(ctx)
	}
	if err != nil {
		return err
	}
	// A keyring that does not seal is found here and not by the first case.
	if _, err := tinkseal.New(ring.New(inClear(document))).Seal(ctx, []byte("trial"), nil); err != nil {
		return err
	}
	configured, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	wrapped, err := kms.Wrap(ctx, awskms.NewFromConfig(configured), *key, nil, document)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, wrapped.Ciphertext)
	return err
}

// inClear is a keyring's document at hand.
type inClear []byte

func (c inClear) Document(context.Context) ([]byte, error) { return c, nil }
