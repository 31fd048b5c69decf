package dynamo

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"shixin/shared/table"
)

// batchKeys is how many keys one BatchGetItem takes.
const batchKeys = 100

// Get returns the items that are there. One key is a GetItem; more are batches of 100, read at the same time, and
// each item is then as of its own moment.
func (t *Table) Get(ctx context.Context, r table.Read) ([]table.Item, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	found, err := t.fetch(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("table/dynamo: get: %w", err)
	}
	items := make([]table.Item, 0, len(found))
	for _, k := range r.Keys {
		if i, ok := found[k]; ok && !table.Expired(i.ExpiresUnix(), r.Now) {
			items = append(items, i)
		}
	}
	return items, nil
}

func (t *Table) fetch(ctx context.Context, r table.Read) (map[table.Key]table.Item, error) {
	if len(r.Keys) == 1 {
		i, ok, err := t.getOne(ctx, r.Keys[0], r.Eventual)
		if err != nil || !ok {
			return nil, err
		}
		return map[table.Key]table.Item{i.Key: i}, nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	found := make(map[table.Key]table.Item, len(r.Keys))
	var mu sync.Mutex
	var wg sync.WaitGroup
	for at := 0; at < len(r.Keys); at += batchKeys {
		keys := r.Keys[at:min(at+batchKeys, len(r.Keys))]
		wg.Go(func() {
			err := t.getBatch(ctx, keys, r.Eventual, func(i table.Item) {
				mu.Lock()
				defer mu.Unlock()
				found[i.Key] = i
			})
			if err != nil {
				cancel(err) // the first error ends the others, and is the answer
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return found, nil
}

func (t *Table) getOne(ctx context.Context, k table.Key, eventual bool) (i table.Item, ok bool, err error) {
	var out *dynamodb.GetItemOutput
	err = retry(ctx, func(ctx context.Context, _ bool) (err error) {
		out, err = t.client.GetItem(ctx, &dynamodb.GetItemInput{
			TableName:              &t.name,
			Key:                    keyAttributes(k),
			ConsistentRead:         aws.Bool(!eventual),
			ReturnConsumedCapacity: t.consumed(),
		}, once)
		return err
	})
	if err != nil {
		return i, false, err
	}
	t.read("GetItem", one(out.ConsumedCapacity)...)
	if len(out.Item) == 0 {
		return i, false, nil
	}
	i, _, err = decode(out.Item)
	return i, err == nil, err
}

// getBatch reads keys and those that DynamoDB leaves over, until none is left.
func (t *Table) getBatch(ctx context.Context, keys []table.Key, eventual bool, found func(table.Item)) error {
	left := make([]attributes, len(keys))
	for i, k := range keys {
		left[i] = keyAttributes(k)
	}
	for idle := 0; len(left) > 0; {
		var out *dynamodb.BatchGetItemOutput
		err := retry(ctx, func(ctx context.Context, _ bool) (err error) {
			out, err = t.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
				RequestItems:           map[string]types.KeysAndAttributes{t.name: {Keys: left, ConsistentRead: aws.Bool(!eventual)}},
				ReturnConsumedCapacity: t.consumed(),
			}, once)
			return err
		})
		if err != nil {
			return err
		}
		t.read("BatchGetItem", out.ConsumedCapacity...)
		for _, a := range out.Responses[t.name] {
			i, _, err := decode(a)
			if err != nil {
				return err
			}
			found(i)
		}
		before := len(left)
		left = out.UnprocessedKeys[t.name].Keys
		if len(left) == 0 {
			return nil
		}
		// Keys are left over because the answer was full, and reading goes on at once, or because of throttling.
		if len(left) < before {
			idle = 0
			continue
		}
		if err := wait(ctx, idle); err != nil {
			return fmt.Errorf("%d keys were not processed: %w", len(left), err)
		}
		idle++
	}
	return nil
}

// Query returns a page. It asks for one item more than the limit, so that Next is set only when a further item is
// there, and reads on past expired ones.
func (t *Table) Query(ctx context.Context, r table.Range) (table.Page, error) {
	if err := r.Validate(); err != nil {
		return table.Page{}, err
	}
	in := &dynamodb.QueryInput{
		TableName:              &t.name,
		ScanIndexForward:       aws.Bool(!r.Backward),
		ConsistentRead:         aws.Bool(!r.Eventual),
		ReturnConsumedCapacity: t.consumed(),
	}
	in.KeyConditionExpression, in.ExpressionAttributeValues = keyCondition(r)
	if r.After != "" {
		in.ExclusiveStartKey = keyAttributes(table.Key{Partition: r.Partition, Sort: r.After})
	}
	var page table.Page
	size := 0
	for {
		in.Limit = aws.Int32(int32(r.Limit - len(page.Items) + 1))
		var out *dynamodb.QueryOutput
		err := retry(ctx, func(ctx context.Context, _ bool) (err error) {
			out, err = t.client.Query(ctx, in, once)
			return err
		})
		if err != nil {
			return table.Page{}, fmt.Errorf("table/dynamo: query: %w", err)
		}
		t.read("Query", one(out.ConsumedCapacity)...)
		for _, a := range out.Items {
			i, _, err := decode(a)
			if err != nil {
				return table.Page{}, fmt.Errorf("table/dynamo: query: %w", err)
			}
			if table.Expired(i.ExpiresUnix(), r.Now) {
				continue
			}
			if len(page.Items) == r.Limit || size >= table.MaxPageBytes {
				page.Next = page.Items[len(page.Items)-1].Sort
				return page, nil
			}
			page.Items = append(page.Items, i)
			size += len(i.Doc)
		}
		if len(out.LastEvaluatedKey) == 0 {
			return page, nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

func keyCondition(r table.Range) (*string, attributes) {
	e := "p = :p"
	values := attributes{":p": &types.AttributeValueMemberS{Value: r.Partition}}
	bound := func(name, sort string) { values[name] = &types.AttributeValueMemberS{Value: sort} }
	switch {
	case r.From != "" && r.To != "":
		e += " AND s BETWEEN :from AND :to"
		bound(":from", r.From)
		bound(":to", r.To)
	case r.From != "":
		e += " AND s >= :from"
		bound(":from", r.From)
	case r.To != "":
		e += " AND s <= :to"
		bound(":to", r.To)
	}
	return &e, values
}
