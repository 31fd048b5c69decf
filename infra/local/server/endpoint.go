package server

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"shixin/shared/table"
	"shixin/shared/table/dynamo"
)

// awsConfig is what is configured for AWS on this machine. For an engine on this machine, which asks for a region and
// credentials and checks neither, some are made up where none are configured.
func awsConfig(ctx context.Context, endpoint string) (aws.Config, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return aws.Config{}, fmt.Errorf("-endpoint %s: not a URL such as http://127.0.0.1:8000", endpoint)
	}
	var options []func(*config.LoadOptions) error
	if host := u.Hostname(); host == "127.0.0.1" || host == "localhost" || host == "::1" {
		if os.Getenv("AWS_REGION") == "" && os.Getenv("AWS_DEFAULT_REGION") == "" {
			options = append(options, config.WithRegion("us-east-1"))
		}
		if os.Getenv("AWS_ACCESS_KEY_ID") == "" && os.Getenv("AWS_PROFILE") == "" {
			options = append(options, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("local", "local", "")))
		}
	}
	c, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return c, fmt.Errorf("-endpoint: %w", err)
	}
	return c, nil
}

// awsEnvironment is a configuration as Lambda would give it to a function.
func awsEnvironment(ctx context.Context, c aws.Config) (map[string]string, error) {
	who, err := c.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("-endpoint: %w", err)
	}
	return map[string]string{
		"AWS_REGION": c.Region, "AWS_ACCESS_KEY_ID": who.AccessKeyID, "AWS_SECRET_ACCESS_KEY": who.SecretAccessKey, "AWS_SESSION_TOKEN": who.SessionToken,
	}, nil
}

// openEndpoint returns the table of a DynamoDB API and makes it where it is missing. A table that is there must be ours
// or empty: see prove.
func openEndpoint(ctx context.Context, endpoint, name string, meter func(op string, read, write float64)) (table.Table, error) {
	configured, err := awsConfig(ctx, endpoint)
	if err != nil {
		return nil, err
	}
	client := dynamodb.NewFromConfig(configured, func(o *dynamodb.Options) { o.BaseEndpoint = aws.String(endpoint) })
	_, err = client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)})
	if _, missing := errors.AsType[*types.ResourceNotFoundException](err); missing {
		err = dynamo.Create(ctx, client, name)
	}
	if err != nil {
		return nil, fmt.Errorf("-endpoint %s: %w", endpoint, err)
	}
	var options []dynamo.Option
	if meter != nil {
		options = append(options, dynamo.WithMeter(meter))
	}
	return endpointTable{dynamo.New(client, name, options...), client, name}, nil
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
