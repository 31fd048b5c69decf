package cloud

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"shixin/shared/blob"
	"shixin/shared/blob/blobtest"
	"shixin/shared/blob/file"
	"shixin/shared/blob/s3"
	"shixin/shared/keys/kms"
	"shixin/shared/queue"
	"shixin/shared/queue/sqs"
)

type kept []queue.Message

func (k *kept) Send(_ context.Context, messages ...queue.Message) error {
	for _, m := range messages {
		if m.Queue == "broken" {
			return errors.New("secret")
		}
	}
	*k = append(*k, messages...)
	return nil
}

func serve(t *testing.T, q queue.Sender) (base string) {
	t.Helper()
	server := httptest.NewServer(Handler(Options{
		Queue: q, Blobs: file.New(t.TempDir()), Bucket: "bucket",
		Document: func(context.Context) ([]byte, error) { return []byte("the keyring"), nil },
		Log:      slog.New(slog.NewTextHandler(io.Discard, nil)),
	}))
	t.Cleanup(server.Close)
	return server.URL
}

var who = credentials.NewStaticCredentialsProvider("a", "b", "")

// The adapters that the functions use are what this package is for, so they are what it is tested with.

func TestQueue(t *testing.T) {
	var got kept
	base := serve(t, &got)
	client := awssqs.New(awssqs.Options{BaseEndpoint: aws.String(base), Region: "local", Credentials: who, RetryMaxAttempts: 1})
	sender := sqs.New(func(context.Context) (sqs.Client, error) { return client, nil }, map[string]string{"audit": QueueURL(base, "audit"), "broken": QueueURL(base, "broken")})
	var messages []queue.Message
	for range 23 {
		messages = append(messages, queue.Message{Queue: "audit", Body: `{"id":"x"}`})
	}
	if err := sender.Send(t.Context(), messages...); err != nil {
		t.Fatal(err)
	}
	if len(got) != 23 || got[22] != messages[22] {
		t.Errorf("%d messages, the last %v", len(got), got[len(got)-1])
	}
	if err := sender.Send(t.Context(), queue.Message{Queue: "broken", Body: "{}"}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a queue that fails: %v", err)
	}
}

func TestBlobs(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) func() blob.Store {
		client := awss3.New(awss3.Options{BaseEndpoint: aws.String(serve(t, nil)), Region: "local", Credentials: who, UsePathStyle: true})
		return func() blob.Store {
			return s3.New(func(context.Context) (s3.Client, error) { return client, nil }, "bucket")
		}
	})
}

func TestUploads(t *testing.T) {
	blobtest.RunUploads(t, func(t *testing.T) blob.Uploads {
		client := awss3.New(awss3.Options{BaseEndpoint: aws.String(serve(t, nil)), Region: "local", Credentials: who, UsePathStyle: true})
		return s3.NewUploads(func(context.Context) (s3.UploadClient, error) {
			return s3.Both{Client: client, PresignClient: awss3.NewPresignClient(client)}, nil
		}, "bucket")
	})
}

func TestKeyring(t *testing.T) {
	client := awskms.New(awskms.Options{BaseEndpoint: aws.String(serve(t, nil)), Region: "local", Credentials: who, RetryMaxAttempts: 1})
	open := func(context.Context) (kms.Decrypter, error) { return client, nil }
	got, err := kms.New(open, kms.Wrapped{KeyID: "key", Ciphertext: Wrapped, Context: kms.Bound()}).Document(t.Context())
	if err != nil || string(got) != "the keyring" {
		t.Errorf("%q %v", got, err)
	}
	if _, err := kms.New(open, kms.Wrapped{KeyID: "key", Ciphertext: "b3RoZXI=", Context: kms.Bound()}).Document(t.Context()); err == nil {
		t.Error("another ciphertext was decrypted")
	}
	if _, err := kms.New(open, kms.Wrapped{KeyID: "key", Ciphertext: Wrapped}).Document(t.Context()); err == nil {
		t.Error("the keyring was decrypted without its context")
	}
}
