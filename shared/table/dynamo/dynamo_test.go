package dynamo_test

import (
	"net/http"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"shixin/infra/engines/enginestest"
	"shixin/shared/table"
	"shixin/shared/table/bolt"
	"shixin/shared/table/dynamo"
	"shixin/shared/table/tabletest"
)

const tableName = "shixin"

// client talks to an engine through a transport of the test's.
func client(endpoint string, transport http.RoundTripper) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region:       "eu-central-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient:   &http.Client{Transport: transport},
	})
}

// start runs an engine with the table in it.
func start(t testing.TB) (endpoint string) {
	t.Helper()
	endpoint = enginestest.Dynoxide(t)
	if err := dynamo.Create(t.Context(), client(endpoint, http.DefaultTransport), tableName); err != nil {
		t.Fatal(err)
	}
	return endpoint
}

func TestContract(t *testing.T) {
	t.Parallel()
	tab := dynamo.New(client(start(t), http.DefaultTransport), tableName)
	tabletest.Run(t, func(*testing.T) table.Table { return tab })
}

// Both engines give the same answers to the same operations.
func TestAgreesWithBolt(t *testing.T) {
	t.Parallel()
	file, err := bolt.Open(filepath.Join(t.TempDir(), "table.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tabletest.Agree(t, file, dynamo.New(client(start(t), http.DefaultTransport), tableName))
}

func TestCreateTwice(t *testing.T) {
	t.Parallel()
	c := client(start(t), http.DefaultTransport)
	if err := dynamo.Create(t.Context(), c, tableName); err != nil {
		t.Errorf("a table that is there: %v", err)
	}
	ttl, err := c.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: aws.String(tableName)})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(ttl.TimeToLiveDescription.AttributeName); got != "x" {
		t.Errorf("the time to live is attribute %q", got)
	}
}

// The units are DynamoDB's published ones: a read unit is 4 KB read strongly or 8 KB eventually, a write unit 1 KB, and
// a transaction doubles.
func TestMeter(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var op string
	var read, write float64
	tab := dynamo.New(client(start(t), http.DefaultTransport), tableName, dynamo.WithMeter(func(o string, r, w float64) {
		mu.Lock()
		defer mu.Unlock()
		op, read, write = o, read+r, write+w
	}))
	put := func(sort string) table.Op {
		return table.PutOp(table.Item{Key: table.Key{Partition: "p", Sort: sort}, Version: 1, Doc: make([]byte, 500)}, table.Is(0))
	}
	batch := func(ops ...table.Op) error { return tab.Write(t.Context(), table.Batch{Now: tabletest.Now, Ops: ops}) }
	get := func(eventual bool, sorts ...string) error {
		r := table.Read{Now: tabletest.Now, Eventual: eventual}
		for _, s := range sorts {
			r.Keys = append(r.Keys, table.Key{Partition: "p", Sort: s})
		}
		_, err := tab.Get(t.Context(), r)
		return err
	}
	for _, test := range []struct {
		call        func() error
		op          string
		read, write float64
	}{
		{func() error { return batch(put("a")) }, "PutItem", 0, 1},
		{func() error { return batch(put("b"), put("c")) }, "TransactWriteItems", 0, 4},
		{func() error { return get(false, "a") }, "GetItem", 1, 0},
		{func() error { return get(true, "a") }, "GetItem", 0.5, 0},
		{func() error { return get(false, "a", "b", "c") }, "BatchGetItem", 3, 0},
		{func() error {
			return batch(table.CheckOp(table.Key{Partition: "p", Sort: "a"}, table.Is(1)))
		}, "GetItem", 1, 0},
		{func() error {
			_, err := tab.Query(t.Context(), table.Range{Now: tabletest.Now, Partition: "p", Limit: 10})
			return err
		}, "Query", 1, 0},
		{func() error {
			return batch(table.DeleteOp(table.Key{Partition: "p", Sort: "a"}, table.Is(1)))
		}, "DeleteItem", 0, 1},
	} {
		read, write = 0, 0
		if err := test.call(); err != nil {
			t.Fatal(err)
		}
		if op != test.op || read != test.read || write != test.write {
			t.Errorf("%s: %g read and %g write units, want %s %g and %g", op, read, write, test.op, test.read, test.write)
		}
	}
}
