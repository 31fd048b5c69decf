package registertest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"shixin/infra/engines/enginestest"
	"shixin/shared/table"
	"shixin/shared/table/dynamo"
)

// Dynoxide is a new table of a DynamoDB API, where one is installed; meter as in dynamo.WithMeter, or nil.
func Dynoxide(t testing.TB, meter func(op string, read, write float64)) table.Table {
	t.Helper()
	client := dynamodb.New(dynamodb.Options{
		Region:       "eu-central-1",
		BaseEndpoint: aws.String(enginestest.Dynoxide(t)),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	const name = "shixin"
	if err := dynamo.Create(t.Context(), client, name); err != nil {
		t.Fatal(err)
	}
	if meter == nil {
		return dynamo.New(client, name)
	}
	return dynamo.New(client, name, dynamo.WithMeter(meter))
}
