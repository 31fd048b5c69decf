package journalcheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"shixin/shared/keys"
	"shixin/shared/keys/file"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
	"shixin/shared/records"
	"shixin/shared/table/bolt"
	"shixin/shared/table/dynamo"
)

// Where says which register is checked: the folder of a local run, or a table behind a DynamoDB API.
type Where struct {
	Data     string // -data: the local run's folder, with its keys
	Endpoint string // -endpoint: URL of a DynamoDB API; "aws" for the configured region's own
	Table    string // -table
}

// Command checks a register and writes what was found. Its error is ErrUnsound when something is left to mend.
func Command(ctx context.Context, out io.Writer, where Where, repair bool) error {
	store, keyring, closing, err := Open(ctx, where)
	if err != nil {
		return err
	}
	defer closing()
	var seal keys.Sealer
	if keyring != nil {
		seal = tinkseal.New(keyring)
	}
	report, err := Run(ctx, store, Options{Seal: seal, Repair: repair})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d entries, %d listings, %d identifiers, %d leaves compared, root %s\n",
		report.Entries, report.Listings, report.Identifiers, report.Leaves, report.Root)
	for _, p := range report.Problems {
		state := ""
		if p.Repaired {
			state = " (repaired)"
		}
		fmt.Fprintf(out, "%s%s\n", p.Text, state)
	}
	if !report.Sound() {
		return ErrUnsound
	}
	return nil
}

// Open opens the store. The keyring is nil where the keys are not at hand.
func Open(ctx context.Context, where Where) (*records.Store, *ring.Ring, func(), error) {
	var keyring *ring.Ring
	if where.Data != "" {
		if path := filepath.Join(where.Data, "keys.json"); exists(path) {
			keyring = ring.New(file.New(path))
		}
	}
	if where.Endpoint != "" {
		configured, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return nil, nil, nil, err
		}
		client := dynamodb.NewFromConfig(configured, func(o *dynamodb.Options) {
			if where.Endpoint != "aws" {
				o.BaseEndpoint = aws.String(where.Endpoint)
			}
		})
		return &records.Store{Table: dynamo.New(client, where.Table)}, keyring, func() {}, nil
	}
	path := filepath.Join(where.Data, "table.db")
	if !exists(path) { // which opening would make
		return nil, nil, nil, fmt.Errorf("%s: there is no table; give the folder of a local run by -data", path)
	}
	table, err := bolt.Open(path)
	if errors.Is(err, bolt.ErrInUse) {
		return nil, nil, nil, fmt.Errorf("%w: the embedded table is checked while the local run is stopped", err)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	return &records.Store{Table: table}, keyring, func() { _ = table.Close() }, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
