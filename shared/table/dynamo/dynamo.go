// Package dynamo provides the storage port on Amazon DynamoDB.
//
// The driver retries by itself, and not the SDK, because only who knows that an answer was lost can tell its own
// earlier success from a conflict. See write.go.
package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"shixin/shared/table"
)

// Table is the storage port on one DynamoDB table.
type Table struct {
	client *dynamodb.Client
	name   string
	meter  func(op string, read, write float64)
}

var _ table.Table = (*Table)(nil)

// Option changes what New makes.
type Option func(*Table)

// WithMeter has every answered call reported: the API's operation, and the read and write units that it consumed. It
// is called from several goroutines at once. Calls that fail, such as a condition's, consume units too but report none.
func WithMeter(meter func(op string, read, write float64)) Option {
	return func(t *Table) { t.meter = meter }
}

// New returns the table of a name. It makes no call and starts nothing.
func New(client *dynamodb.Client, name string, options ...Option) *Table {
	t := &Table{client: client, name: name}
	for _, o := range options {
		o(t)
	}
	return t
}

// once keeps the SDK from retrying.
func once(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }

// consumed is what a request says about reporting its cost.
func (t *Table) consumed() types.ReturnConsumedCapacity {
	if t.meter == nil {
		return types.ReturnConsumedCapacityNone
	}
	return types.ReturnConsumedCapacityTotal
}

func (t *Table) read(op string, costs ...types.ConsumedCapacity) {
	for _, c := range costs {
		if t.meter != nil {
			t.meter(op, aws.ToFloat64(c.CapacityUnits), 0)
		}
	}
}

func (t *Table) wrote(op string, costs ...types.ConsumedCapacity) {
	for _, c := range costs {
		if t.meter != nil {
			t.meter(op, 0, aws.ToFloat64(c.CapacityUnits))
		}
	}
}

// one makes a list of a cost that may be absent.
func one(c *types.ConsumedCapacity) []types.ConsumedCapacity {
	if c == nil {
		return nil
	}
	return []types.ConsumedCapacity{*c}
}

// writeID names one Write, for its items and its client token.
type writeID [16]byte

func newWriteID() (id writeID) {
	_, _ = rand.Read(id[:]) // it never fails
	return id
}

// Create makes a table of the shape that the driver needs, billed on demand and with its time to live on, and waits
// until it can be used. It is for tables of a development machine: the deployed one is the template's. A table that
// is there already is left as it is.
func Create(ctx context.Context, client *dynamodb.Client, name string) error {
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:   &name,
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(attrPartition), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String(attrSort), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String(attrPartition), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String(attrSort), KeyType: types.KeyTypeRange},
		},
	})
	if _, ok := errors.AsType[*types.ResourceInUseException](err); ok {
		return awaitActive(ctx, client, name)
	}
	if err != nil {
		return fmt.Errorf("table/dynamo: create table %s: %w", name, err)
	}
	if err := awaitActive(ctx, client, name); err != nil {
		return err
	}
	_, err = client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               &name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(attrExpires), Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("table/dynamo: set the time to live of %s: %w", name, err)
	}
	return nil
}

func awaitActive(ctx context.Context, client *dynamodb.Client, name string) error {
	for {
		d, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
		if err != nil {
			return fmt.Errorf("table/dynamo: describe table %s: %w", name, err)
		}
		if d.Table.TableStatus == types.TableStatusActive {
			return nil
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("table/dynamo: table %s is %s: %w", name, d.Table.TableStatus, ctx.Err())
		}
	}
}
