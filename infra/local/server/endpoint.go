package server

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"shixin/shared/table"
	"shixin/shared/table/dynamo"
)

// localCredentials are for an engine on this machine, which asks for some and checks none. Those that are configured
// are left alone.
func localCredentials(endpoint string) map[string]string {
	u, err := url.Parse(endpoint)
	local := err == nil && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" || u.Hostname() == "::1")
	env := map[string]string{}
	if os.Getenv("AWS_REGION") == "" && os.Getenv("AWS_DEFAULT_REGION") == "" && local {
		env["AWS_REGION"] = "us-east-1"
	}
	if os.Getenv("AWS_ACCESS_KEY_ID") == "" && os.Getenv("AWS_PROFILE") == "" && local {
		env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"] = "local", "local"
	}
	return env
}

// openEndpoint returns the table of a DynamoDB API and makes it where it is missing. A table that is there must be ours
// or empty: see prove.
func openEndpoint(ctx context.Context, endpoint, name string) (table.Table, error) {
	if u, err := url.Parse(endpoint); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("-endpoint %s: not a URL such as http://127.0.0.1:8000", endpoint)
	}
	var options []func(*config.LoadOptions) error
	env := localCredentials(endpoint)
	if region := env["AWS_REGION"]; region != "" {
		options = append(options, config.WithRegion(region))
	}
	if env["AWS_ACCESS_KEY_ID"] != "" {
		options = append(options, config.WithCredentialsProvider(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: env["AWS_ACCESS_KEY_ID"], SecretAccessKey: env["AWS_SECRET_ACCESS_KEY"]}, nil
		})))
	}
	configured, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("-endpoint: %w", err)
	}
	client := dynamodb.NewFromConfig(configured, func(o *dynamodb.Options) { o.BaseEndpoint = aws.String(endpoint) })
	_, err = client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)})
	if _, missing := errors.AsType[*types.ResourceNotFoundException](err); missing {
		err = dynamo.Create(ctx, client, name)
	}
	if err != nil {
		return nil, fmt.Errorf("-endpoint %s: %w", endpoint, err)
	}
	return endpointTable{dynamo.New(client, name), client, name}, nil
}

// endpointTable can also say whether it holds anything at all, which the port cannot.
type endpointTable struct {
	*dynamo.Table
	client *dynamodb.Client
	name   string
}

func (t endpointTable) empty(ctx context.Context) (bool, error) {
	out, err := t.client.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(t.name), Limit: aws.Int32(1), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return false, err
	}
	return len(out.Items) == 0, nil
}
