package server

import (
	"testing"

	"shixin/shared/table"
)

func TestKeysOfTheTemplateHold(t *testing.T) {
	r := start(t, settings(t.TempDir(), &fakes{}))
	g := guarded{r.Ports.Table, "status", map[string][]string{"read": {"status#*", "head"}, "put": {"note#*"}, "delete": {"note#1"}}}
	item := func(partition string) table.Item {
		return table.Item{Key: table.Key{Partition: partition, Sort: "s"}, Version: 1, Doc: []byte("x")}
	}
	get := func(partitions ...string) error {
		read := table.Read{Now: r.Now()}
		for _, p := range partitions {
			read.Keys = append(read.Keys, item(p).Key)
		}
		_, err := g.Get(t.Context(), read)
		return err
	}
	query := func(partition string) error {
		_, err := g.Query(t.Context(), table.Range{Now: r.Now(), Partition: partition, Limit: 1})
		return err
	}
	write := func(ops ...table.Op) error {
		return g.Write(t.Context(), table.Batch{Now: r.Now(), Ops: ops})
	}
	always, absent := table.Condition{}, table.Condition{Kind: table.Absent}
	for name, c := range map[string]struct {
		err error
		ok  bool
	}{
		"read a family":             {get("status#a", "head"), true},
		"read one more":             {get("status#a", "listing#a"), false},
		"read what begins alike":    {get("head#a"), false},
		"query a family":            {query("status#a"), true},
		"query another":             {query("statuses"), false},
		"put":                       {write(table.PutOp(item("note#1"), always)), true},
		"put what may only be read": {write(table.PutOp(item("note#2"), always), table.PutOp(item("status#a"), always)), false},
		"check what may be read":    {write(table.PutOp(item("note#2"), always), table.CheckOp(item("status#a").Key, absent)), true},
		"check what may be put":     {write(table.CheckOp(item("note#3").Key, absent)), false},
		"delete":                    {write(table.DeleteOp(item("note#1").Key, always)), true},
		"delete what may be put":    {write(table.DeleteOp(item("note#2").Key, always)), false},
	} {
		if (c.err == nil) != c.ok {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}
