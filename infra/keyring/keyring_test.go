package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"

	"shixin/infra/engines/enginestest"
	"shixin/shared/keys/file"
	"shixin/shared/keys/kms"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
)

// What is printed is what a function unwraps, and what one keyring sealed another does not open.
func TestKeyring(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL", enginestest.Moto(t))
	t.Setenv("AWS_REGION", "cn-north-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "none")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "none")
	configured, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := awskms.NewFromConfig(configured)
	made, err := client.CreateKey(t.Context(), &awskms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keys.json")
	document, err := tinkseal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Create(path, document); err != nil {
		t.Fatal(err)
	}

	deployed := func(args ...string) *tinkseal.Sealer {
		t.Helper()
		var out bytes.Buffer
		if err := run(t.Context(), append([]string{"-key", *made.KeyMetadata.Arn}, args...), &out); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(out.Bytes(), []byte("hmac")) || bytes.Count(out.Bytes(), []byte("\n")) != 1 || out.Len() > 4096 {
			t.Fatalf("it prints %d bytes that do not fit the parameter", out.Len())
		}
		open := func(context.Context) (kms.Decrypter, error) { return client, nil }
		return tinkseal.New(ring.New(kms.New(open, kms.Wrapped{Ciphertext: strings.TrimSpace(out.String())})))
	}
	local := tinkseal.New(ring.New(file.New(path)))
	sealed, err := local.Seal(t.Context(), []byte("text"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := deployed("-file", path).Open(t.Context(), sealed, nil); err != nil || string(text) != "text" {
		t.Errorf("the key file's keyring, wrapped, does not open what it sealed: %v", err)
	}
	if _, err := deployed().Open(t.Context(), sealed, nil); err == nil {
		t.Error("a new keyring opens what another sealed")
	}
}

func TestArguments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(path, []byte(`{"version":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{"no key": {}, "a word too many": {"-key", "k", "x"}, "no such file": {"-key", "k", "-file", path + "x"}, "no keyring": {"-key", "k", "-file", path}} {
		var out bytes.Buffer
		if err := run(t.Context(), args, &out); err == nil || out.Len() > 0 {
			t.Errorf("%s: %v, printed %q", name, err, out.String())
		}
	}
}
