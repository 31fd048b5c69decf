// Package s3 provides blobs in a bucket of Amazon S3.
//
// The bucket's own settings encrypt, version and retain. S3 says that an object is absent only to who may list the
// bucket (s3:ListBucket); to others it says 403, which is an error here and not blob.ErrNotFound.
package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"shixin/shared/blob"
	"shixin/shared/lazy"
)

// Client is what the store needs of the S3 client.
type Client interface {
	PutObject(context.Context, *awss3.PutObjectInput, ...func(*awss3.Options)) (*awss3.PutObjectOutput, error)
	GetObject(context.Context, *awss3.GetObjectInput, ...func(*awss3.Options)) (*awss3.GetObjectOutput, error)
	DeleteObject(context.Context, *awss3.DeleteObjectInput, ...func(*awss3.Options)) (*awss3.DeleteObjectOutput, error)
}

// The SDK retries a request until its answer starts; a connection that breaks in the middle of a body is retried here.
const readAttempts = 3

// Store is a blob.Store over one bucket; the object's key is the blob's name.
type Store struct {
	client *lazy.Value[Client]
	bucket string
}

// New returns a store that opens its client at the first use.
func New(open func(context.Context) (Client, error), bucket string) *Store {
	return &Store{lazy.New(open), bucket}
}

func (s *Store) ready(ctx context.Context, name string) (Client, error) {
	if err := blob.CheckName(name); err != nil {
		return nil, err
	}
	return s.client.Get(ctx)
}

// Put implements blob.Store.
func (s *Store) Put(ctx context.Context, name string, body []byte) error {
	client, err := s.ready(ctx, name)
	if err != nil {
		return err
	}
	_, err = client.PutObject(ctx, &awss3.PutObjectInput{
		Bucket: aws.String(s.bucket),
		Key:    aws.String(name),
		Body:   bytes.NewReader(body),
	})
	if err != nil {
		return fmt.Errorf("blob: put %s: %w", name, err)
	}
	return nil
}

// Get implements blob.Store.
func (s *Store) Get(ctx context.Context, name string) ([]byte, error) {
	client, err := s.ready(ctx, name)
	if err != nil {
		return nil, err
	}
	var broken error
	for range readAttempts {
		out, err := client.GetObject(ctx, &awss3.GetObjectInput{Bucket: aws.String(s.bucket), Key: aws.String(name)})
		if _, ok := errors.AsType[*types.NoSuchKey](err); ok {
			return nil, fmt.Errorf("%w: %s", blob.ErrNotFound, name)
		}
		if err != nil {
			return nil, fmt.Errorf("blob: get %s: %w", name, err)
		}
		body, err := read(out)
		if err == nil {
			return body, nil
		}
		broken = err
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("blob: get %s: %w", name, broken)
}

func read(out *awss3.GetObjectOutput) ([]byte, error) {
	var buf bytes.Buffer
	if n := aws.ToInt64(out.ContentLength); n > 0 {
		buf.Grow(int(n) + bytes.MinRead) // room for the read that finds the end
	}
	_, err := io.Copy(&buf, out.Body)
	return buf.Bytes(), errors.Join(err, out.Body.Close())
}

// Delete implements blob.Store.
func (s *Store) Delete(ctx context.Context, name string) error {
	client, err := s.ready(ctx, name)
	if err != nil {
		return err
	}
	_, err = client.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: aws.String(s.bucket), Key: aws.String(name)})
	if err != nil {
		return fmt.Errorf("blob: delete %s: %w", name, err)
	}
	return nil
}
