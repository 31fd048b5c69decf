package bolt_test

import (
	"path/filepath"
	"testing"

	"shixin/shared/table"
	"shixin/shared/table/bolt"
	"shixin/shared/table/tabletest"
)

func open(t testing.TB) *bolt.Table {
	t.Helper()
	tab, err := bolt.Open(filepath.Join(t.TempDir(), "table.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tab.Close(); err != nil {
			t.Error(err)
		}
	})
	return tab
}

func TestContract(t *testing.T) {
	tab := open(t)
	tabletest.Run(t, func(*testing.T) table.Table { return tab })
}
