// Package env provides the ports that every function needs, from its Lambda environment.
//
// Nothing is checked, fetched or opened before the first use: a function starts to poll with Lambda's own variables alone.
// Neighbouring packages (boot/sealing, boot/blobs, boot/queues) open what only some functions need, so that a function
// links only what it uses.
package env

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"

	"shixin/shared/access"
	"shixin/shared/access/token"
	"shixin/shared/boot"
	"shixin/shared/keys/kms"
	"shixin/shared/keys/ring"
	"shixin/shared/lazy"
	"shixin/shared/records"
	"shixin/shared/table"
	"shixin/shared/table/dynamo"
)

// Require is a variable of the environment; the error of an absent one names it.
func Require(name string) (string, error) {
	v := os.Getenv(name)
	if v == "" {
		return "", fmt.Errorf("boot: the environment variable %s is not set", name)
	}
	return v, nil
}

// AWS is the configuration that Lambda's own variables give: region and the role's credentials.
func AWS() aws.Config {
	return aws.Config{
		Region: os.Getenv("AWS_REGION"),
		Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(
			os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN"))),
	}
}

// Endpoint is the endpoint of a service where the environment names one, as the SDKs do (AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL).
func Endpoint(service string) *string {
	for _, name := range []string{"AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL"} {
		if v := os.Getenv(name); v != "" {
			return &v
		}
	}
	return nil
}

// Port opens one more port of a function, one that may need its keyring.
type Port func(*boot.Ports, *ring.Ring)

// Ports are the table, the hasher and the verifier of tokens, which every function needs, and those that it names besides.
func Ports(more ...Port) boot.Ports {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	t := &lazyTable{lazy.New(func(context.Context) (table.Table, error) {
		name, err := Require("SHIXIN_TABLE")
		if err != nil {
			return nil, err
		}
		return dynamo.New(dynamodb.NewFromConfig(AWS(), func(o *dynamodb.Options) { o.BaseEndpoint = Endpoint("DYNAMODB") }), name), nil
	})}
	keyring := ring.New(kms.New(func(context.Context) (kms.Decrypter, error) {
		if _, err := Require("SHIXIN_WRAPPED_KEYS"); err != nil {
			return nil, err
		}
		return awskms.NewFromConfig(AWS(), func(o *awskms.Options) { o.BaseEndpoint = Endpoint("KMS") }), nil
	}, kms.Wrapped{Ciphertext: os.Getenv("SHIXIN_WRAPPED_KEYS"), Context: kms.Bound()}))
	ports := boot.Ports{Table: t, Hash: boot.Prove(&records.Store{Table: t}, keyring), Verify: verifier(), Policy: boot.Policy(log), Log: log}
	for _, open := range more {
		open(&ports, keyring)
	}
	return ports
}

func verifier() func(context.Context, string, time.Time) (access.Principal, error) {
	v := lazy.New(func(context.Context) (*token.Verifier, error) {
		issuer, err := Require("SHIXIN_ISSUER")
		if err != nil {
			return nil, err
		}
		audience, err := Require("SHIXIN_AUDIENCE")
		return token.New(issuer, audience, &http.Client{Timeout: 5 * time.Second}), err
	})
	return func(ctx context.Context, raw string, now time.Time) (access.Principal, error) {
		made, err := v.Get(ctx)
		if err != nil {
			return access.Principal{}, err
		}
		return made.Verify(ctx, raw, now)
	}
}

// lazyTable opens the table at its first use.
type lazyTable struct{ open *lazy.Value[table.Table] }

func (l *lazyTable) Get(ctx context.Context, r table.Read) ([]table.Item, error) {
	t, err := l.open.Get(ctx)
	if err != nil {
		return nil, err
	}
	return t.Get(ctx, r)
}

func (l *lazyTable) Query(ctx context.Context, r table.Range) (table.Page, error) {
	t, err := l.open.Get(ctx)
	if err != nil {
		return table.Page{}, err
	}
	return t.Query(ctx, r)
}

func (l *lazyTable) Write(ctx context.Context, b table.Batch) error {
	t, err := l.open.Get(ctx)
	if err != nil {
		return err
	}
	return t.Write(ctx, b)
}
