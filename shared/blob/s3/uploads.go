package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"shixin/shared/blob"
	"shixin/shared/lazy"
)

// UploadClient is what uploads need of the S3 client and of its presigner.
type UploadClient interface {
	HeadObject(context.Context, *awss3.HeadObjectInput, ...func(*awss3.Options)) (*awss3.HeadObjectOutput, error)
	GetObject(context.Context, *awss3.GetObjectInput, ...func(*awss3.Options)) (*awss3.GetObjectOutput, error)
	PutObject(context.Context, *awss3.PutObjectInput, ...func(*awss3.Options)) (*awss3.PutObjectOutput, error)
	DeleteObject(context.Context, *awss3.DeleteObjectInput, ...func(*awss3.Options)) (*awss3.DeleteObjectOutput, error)
	PresignPutObject(context.Context, *awss3.PutObjectInput, ...func(*awss3.PresignOptions)) (*v4.PresignedHTTPRequest, error)
}

// Both is a client with its presigner.
type Both struct {
	*awss3.Client
	*awss3.PresignClient
}

// PresignPutObject implements UploadClient.
func (b Both) PresignPutObject(ctx context.Context, in *awss3.PutObjectInput, with ...func(*awss3.PresignOptions)) (*v4.PresignedHTTPRequest, error) {
	return b.PresignClient.PresignPutObject(ctx, in, with...)
}

// Uploads is a blob.Uploads over one bucket, whose own settings encrypt. An address is a presigned PUT that S3 takes while there is
// no such object (If-None-Match is signed with it).
type Uploads struct {
	client *lazy.Value[UploadClient]
	bucket string
}

// NewUploads returns uploads that open their client at the first use.
func NewUploads(open func(context.Context) (UploadClient, error), bucket string) *Uploads {
	return &Uploads{lazy.New(open), bucket}
}

func (u *Uploads) ready(ctx context.Context, name string) (UploadClient, error) {
	if err := blob.CheckName(name); err != nil {
		return nil, err
	}
	return u.client.Get(ctx)
}

// Address implements blob.Uploads.
func (u *Uploads) Address(ctx context.Context, name string, within time.Duration) (blob.Address, error) {
	client, err := u.ready(ctx, name)
	if err != nil {
		return blob.Address{}, err
	}
	signed, err := client.PresignPutObject(ctx, &awss3.PutObjectInput{
		Bucket: aws.String(u.bucket), Key: aws.String(name), ContentType: aws.String("application/octet-stream"), IfNoneMatch: aws.String("*"),
	}, awss3.WithPresignExpires(within))
	if err != nil {
		return blob.Address{}, fmt.Errorf("blob: sign %s: %w", name, err)
	}
	a := blob.Address{Method: signed.Method, URL: signed.URL, Headers: map[string]string{}}
	for name, values := range signed.SignedHeader {
		if name = http.CanonicalHeaderKey(name); name != "Host" && name != "Content-Length" { // every client sends those itself
			a.Headers[name] = strings.Join(values, ",")
		}
	}
	return a, nil
}

// Size implements blob.Uploads.
func (u *Uploads) Size(ctx context.Context, name string) (int64, error) {
	client, err := u.ready(ctx, name)
	if err != nil {
		return 0, err
	}
	out, err := client.HeadObject(ctx, &awss3.HeadObjectInput{Bucket: aws.String(u.bucket), Key: aws.String(name)})
	if absent(err) {
		return 0, fmt.Errorf("%w: %s", blob.ErrNotFound, name)
	}
	if err != nil {
		return 0, fmt.Errorf("blob: head %s: %w", name, err)
	}
	return aws.ToInt64(out.ContentLength), nil
}

// absent recognises the ways in which S3 says that there is no such object; a HEAD has no body to say more.
func absent(err error) bool {
	e, ok := errors.AsType[smithy.APIError](err)
	return ok && (e.ErrorCode() == "NotFound" || e.ErrorCode() == "NoSuchKey")
}

// Read implements blob.Uploads.
func (u *Uploads) Read(ctx context.Context, name string, from int64, n int) ([]byte, error) {
	client, err := u.ready(ctx, name)
	if err != nil {
		return nil, err
	}
	var broken error
	for range readAttempts {
		out, err := client.GetObject(ctx, &awss3.GetObjectInput{
			Bucket: aws.String(u.bucket), Key: aws.String(name), Range: aws.String(fmt.Sprintf("bytes=%d-%d", from, from+int64(n)-1)),
		})
		if e, ok := errors.AsType[smithy.APIError](err); ok && e.ErrorCode() == "InvalidRange" { // behind the end
			return nil, nil
		}
		if absent(err) {
			return nil, fmt.Errorf("%w: %s", blob.ErrNotFound, name)
		}
		if err != nil {
			return nil, fmt.Errorf("blob: get %s: %w", name, err)
		}
		body, err := io.ReadAll(io.LimitReader(out.Body, int64(n)))
		if err = errors.Join(err, out.Body.Close()); err == nil {
			return body, nil
		}
		broken = err
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("blob: get %s: %w", name, broken)
}

// Close implements blob.Uploads: an empty object stays, on which the address's condition fails.
func (u *Uploads) Close(ctx context.Context, name string) error {
	client, err := u.ready(ctx, name)
	if err != nil {
		return err
	}
	if _, err := client.PutObject(ctx, &awss3.PutObjectInput{Bucket: aws.String(u.bucket), Key: aws.String(name)}); err != nil {
		return fmt.Errorf("blob: close %s: %w", name, err)
	}
	return nil
}

// Delete implements blob.Uploads.
func (u *Uploads) Delete(ctx context.Context, name string) error {
	client, err := u.ready(ctx, name)
	if err != nil {
		return err
	}
	if _, err := client.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: aws.String(u.bucket), Key: aws.String(name)}); err != nil {
		return fmt.Errorf("blob: delete %s: %w", name, err)
	}
	return nil
}
