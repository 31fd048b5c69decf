// Package blobs provides the blob store that a function's environment names, with its uploads: the bucket SHIXIN_BUCKET.
package blobs

import (
	"context"
	"os"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"shixin/shared/blob/s3"
	"shixin/shared/boot"
	"shixin/shared/boot/env"
	"shixin/shared/keys/ring"
)

// Port is the bucket, which is opened at its first use.
func Port(p *boot.Ports, _ *ring.Ring) {
	p.Blobs = s3.New(func(context.Context) (s3.Client, error) { return client() }, os.Getenv("SHIXIN_BUCKET"))
}

// Uploads is the same bucket for uploads.
func Uploads(p *boot.Ports, _ *ring.Ring) {
	p.Uploads = s3.NewUploads(func(context.Context) (s3.UploadClient, error) {
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
