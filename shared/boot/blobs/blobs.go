// Package blobs provides the blob store, with its uploads, that a function's environment names: the bucket SHIXIN_BUCKET.
package blobs

import (
	"context"
	"os"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"shixin/shared/blob"
	"shixin/shared/blob/s3"
	"shixin/shared/boot/env"
)

// New opens the bucket at its first use.
func New() blob.Store {
	return s3.New(func(context.Context) (s3.Client, error) { return client() }, os.Getenv("SHIXIN_BUCKET"))
}

// Uploads opens the same bucket for uploads.
func Uploads() blob.Uploads {
	return s3.NewUploads(func(context.Context) (s3.UploadClient, error) {
		c, err := client()
		if err != nil {
			return nil, err
		}
		return s3.Both{Client: c, PresignClient: awss3.NewPresignClient(c)}, nil
	}, os.Getenv("SHIXIN_BUCKET"))
}

func client() (*awss3.Client, error) {
	if _, err := env.Require("SHIXIN_BUCKET"); err != nil {
		return nil, err
	}
	endpoint := env.Endpoint("S3")
	return awss3.NewFromConfig(env.AWS(), func(o *awss3.Options) { o.BaseEndpoint, o.UsePathStyle = endpoint, endpoint != nil }), nil
}
