package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"shixin/infra/engines/enginestest"
	"shixin/shared/blob"
	"shixin/shared/blob/blobtest"
	"shixin/shared/blob/s3"
)

func TestContract(t *testing.T) {
	endpoint := enginestest.Moto(t)
	client := awss3.New(awss3.Options{
		BaseEndpoint: aws.String(endpoint),
		Region:       "eu-central-1",
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		UsePathStyle: true,
	})
	buckets := 0
	blobtest.Run(t, func(t *testing.T) func() blob.Store {
		buckets++
		bucket := fmt.Sprintf("shixin-%d", buckets)
		_, err := client.CreateBucket(t.Context(), &awss3.CreateBucketInput{
			Bucket:                    aws.String(bucket),
			CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraintEuCentral1},
		})
		if err != nil {
			t.Fatal(err)
		}
		return func() blob.Store {
			return s3.New(func(context.Context) (s3.Client, error) { return client, nil }, bucket)
		}
	})
}

// breaking is a client whose first bodies end in the middle.
type breaking struct {
	s3.Client
	breaks, gets int
}

func (b *breaking) GetObject(context.Context, *awss3.GetObjectInput, ...func(*awss3.Options)) (*awss3.GetObjectOutput, error) {
	var body io.Reader = bytes.NewReader([]byte("whole"))
	if b.gets++; b.gets <= b.breaks {
		body = io.MultiReader(bytes.NewReader([]byte("wh")), broken{})
	}
	return &awss3.GetObjectOutput{Body: io.NopCloser(body), ContentLength: aws.Int64(5)}, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestBrokenBodies(t *testing.T) {
	for breaks, readable := range []bool{true, true, true, false} {
		b := &breaking{breaks: breaks}
		s := s3.New(func(context.Context) (s3.Client, error) { return b, nil }, "bucket")
		body, err := s.Get(t.Context(), "a")
		if readable && (err != nil || string(body) != "whole") {
			t.Errorf("after %d broken bodies: %q, %v", breaks, body, err)
		}
		if !readable && (!errors.Is(err, io.ErrUnexpectedEOF) || body != nil || b.gets != 3) {
			t.Errorf("after %d broken bodies: %q, %v, %d tries", breaks, body, err, b.gets)
		}
	}
}

func TestClientOpensLate(t *testing.T) {
	opened := 0
	s := s3.New(func(context.Context) (s3.Client, error) { opened++; return nil, errors.New("no credentials") }, "bucket")
	if _, err := s.Get(t.Context(), "/"); !errors.Is(err, blob.ErrName) || opened != 0 {
		t.Errorf("a wrong name opened %d clients, %v", opened, err)
	}
	for range 2 {
		if _, err := s.Get(t.Context(), "a"); err == nil {
			t.Error("a failure was hidden")
		}
	}
	if opened != 2 {
		t.Errorf("opened %d times, want 2", opened)
	}
}

func TestUploads(t *testing.T) {
	endpoint := enginestest.Moto(t)
	client := awss3.New(awss3.Options{
		BaseEndpoint: aws.String(endpoint), Region: "eu-central-1",
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), UsePathStyle: true,
	})
	buckets := 0
	blobtest.RunUploads(t, func(t *testing.T) blob.Uploads {
		buckets++
		bucket := fmt.Sprintf("shixin-uploads-%d", buckets)
		_, err := client.CreateBucket(t.Context(), &awss3.CreateBucketInput{
			Bucket:                    aws.String(bucket),
			CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraintEuCentral1},
		})
		if err != nil {
			t.Fatal(err)
		}
		return s3.NewUploads(func(context.Context) (s3.UploadClient, error) {
			return s3.Both{Client: client, PresignClient: awss3.NewPresignClient(client)}, nil
		}, bucket)
	})
}
