package dynamo

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"shixin/shared/table"
)

// ErrOvertaken is wrapped by Write when an answer was lost and the item has been written or removed by another since,
// so that it cannot be said whether this write took effect before. It is not a conflict; the caller reads again.
var ErrOvertaken = errors.New("an answer was lost and the item was changed since: the outcome is unknown")

// Write applies the operations.
//
// One operation is a PutItem or DeleteItem with its condition, at half the price of a transaction, and a lone check is a
// strong read. More are one TransactWriteItems, whose token DynamoDB remembers: after a lost answer the same
// token gets the first attempt's outcome. A single operation has no token; there the item tells. A put that meets its
// own write id succeeded, and so did a delete that finds nothing. A put or delete without a condition, or under
// Exists, can be applied a second time by a retry; who shares an item with others sets a version.
func (t *Table) Write(ctx context.Context, b table.Batch) error {
	if err := b.Validate(); err != nil {
		return err
	}
	var err error
	switch {
	case len(b.Ops) > 1:
		err = t.transact(ctx, b)
	case b.Ops[0].Kind == table.Check:
		err = t.check(ctx, b)
	default:
		err = t.single(ctx, b)
	}
	if _, ok := errors.AsType[*table.Conflict](err); ok || err == nil {
		return err
	}
	return fmt.Errorf("table/dynamo: write: %w", err)
}

func (t *Table) check(ctx context.Context, b table.Batch) error {
	op := b.Ops[0]
	i, ok, err := t.getOne(ctx, op.Item.Key, false)
	if err != nil {
		return err
	}
	if !op.If.Holds(ok && !table.Expired(i.ExpiresUnix(), b.Now), i.Version) {
		return &table.Conflict{Failed: []int{0}}
	}
	return nil
}

func (t *Table) single(ctx context.Context, b table.Batch) error {
	op, id := b.Ops[0], newWriteID()
	expression, values := condition(op.If, b.Now)
	return retry(ctx, func(ctx context.Context, lost bool) error {
		// The item that a condition failed on comes with the refusal, as of the same moment, which a read would not be.
		old := types.ReturnValuesOnConditionCheckFailureNone
		if lost {
			old = types.ReturnValuesOnConditionCheckFailureAllOld
		}
		var err error
		if op.Kind == table.Put {
			err = t.put(ctx, &dynamodb.PutItemInput{
				Item: itemAttributes(op.Item, id), ConditionExpression: expression, ExpressionAttributeValues: values,
				ReturnValuesOnConditionCheckFailure: old,
			})
		} else {
			err = t.remove(ctx, &dynamodb.DeleteItemInput{
				Key: keyAttributes(op.Item.Key), ConditionExpression: expression, ExpressionAttributeValues: values,
				ReturnValuesOnConditionCheckFailure: old,
			})
		}
		if failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
			if !lost {
				return &table.Conflict{Failed: []int{0}}
			}
			return settle(op, id, failed.Item)
		}
		return err
	})
}

func (t *Table) put(ctx context.Context, in *dynamodb.PutItemInput) error {
	in.TableName, in.ReturnConsumedCapacity = &t.name, t.consumed()
	out, err := t.client.PutItem(ctx, in, once)
	if err != nil {
		return err
	}
	t.wrote("PutItem", one(out.ConsumedCapacity)...)
	return nil
}

func (t *Table) remove(ctx context.Context, in *dynamodb.DeleteItemInput) error {
	in.TableName, in.ReturnConsumedCapacity = &t.name, t.consumed()
	out, err := t.client.DeleteItem(ctx, in, once)
	if err != nil {
		return err
	}
	t.wrote("DeleteItem", one(out.ConsumedCapacity)...)
	return nil
}

// settle judges a condition that failed after an earlier attempt of the same write was left without an answer. What is
// stored tells which of the two happened, as long as versions of an item only grow while it is there.
func settle(op table.Op, id writeID, stored attributes) error {
	conflict := &table.Conflict{Failed: []int{0}}
	there := len(stored) > 0
	var i table.Item
	var by writeID
	if there {
		var err error
		if i, by, err = decode(stored); err != nil {
			return err
		}
	}
	switch {
	case op.Kind == table.Delete && !there:
		return nil
	case op.Kind == table.Delete && op.If.Kind == table.VersionIs && i.Version <= op.If.Version:
		return ErrOvertaken // that item is gone, by this delete or another, and a new one is there
	case op.Kind == table.Delete:
		return conflict
	case there && by == id:
		return nil
	case there && i.Version <= op.Item.Version:
		return conflict // had the put been applied, what came after it would be of a higher version
	default:
		return ErrOvertaken
	}
}

// cancelled is a transaction that was cancelled for reasons that pass.
type cancelled struct{ error }

func (c *cancelled) Unwrap() error { return c.error }

func (t *Table) transact(ctx context.Context, b table.Batch) error {
	id := newWriteID()
	in := &dynamodb.TransactWriteItemsInput{
		TransactItems:          make([]types.TransactWriteItem, len(b.Ops)),
		ClientRequestToken:     aws.String(hex.EncodeToString(id[:])),
		ReturnConsumedCapacity: t.consumed(),
	}
	for i, op := range b.Ops {
		in.TransactItems[i] = t.transactItem(op, b, id)
	}
	return retry(ctx, func(ctx context.Context, _ bool) error {
		out, err := t.client.TransactWriteItems(ctx, in, once)
		if err == nil {
			t.wrote("TransactWriteItems", out.ConsumedCapacity...)
			return nil
		}
		if c, ok := errors.AsType[*types.TransactionCanceledException](err); ok {
			return judge(c, err)
		}
		return err
	})
}

func (t *Table) transactItem(op table.Op, b table.Batch, id writeID) types.TransactWriteItem {
	expression, values := condition(op.If, b.Now)
	switch op.Kind {
	case table.Put:
		return types.TransactWriteItem{Put: &types.Put{
			TableName: &t.name, Item: itemAttributes(op.Item, id), ConditionExpression: expression, ExpressionAttributeValues: values,
		}}
	case table.Delete:
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName: &t.name, Key: keyAttributes(op.Item.Key), ConditionExpression: expression, ExpressionAttributeValues: values,
		}}
	default:
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &t.name, Key: keyAttributes(op.Item.Key), ConditionExpression: expression, ExpressionAttributeValues: values,
		}}
	}
}

// judge sorts the reasons of a cancelled transaction: a condition that failed is the caller's, contention and throttling
// pass, and anything else would come again.
func judge(c *types.TransactionCanceledException, err error) error {
	var failed []int
	passing := true
	for i, r := range c.CancellationReasons {
		switch aws.ToString(r.Code) {
		case "ConditionalCheckFailed":
			failed = append(failed, i)
		case "", "None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
		default:
			passing = false
		}
	}
	switch {
	case failed != nil:
		return &table.Conflict{Failed: failed}
	case passing && len(c.CancellationReasons) > 0:
		return &cancelled{err}
	default:
		return err
	}
}
