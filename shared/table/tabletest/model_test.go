package tabletest_test

import (
	"testing"

	"shixin/shared/table"
	"shixin/shared/table/tabletest"
)

func TestModel(t *testing.T) {
	tabletest.Run(t, func(*testing.T) table.Table { return tabletest.NewModel() })
}
