package e2e

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shixin/infra/local/server"
)

// TestShrunkIndexIsHeldBack plays a script that is too long to be written by hand.
func TestShrunkIndexIsHeldBack(t *testing.T) {
	said := &output{}
	play(t, shrinking(t), nil, func(c *server.Config) { c.Log = slog.New(slog.NewTextHandler(said, nil)) })
	if n := strings.Count(said.String(), "alarm=shrunk"); n != 1 {
		t.Errorf("the alarm rang %d times: %s", n, said)
	}
}

// shrinking writes the script of a mirrored list of 30 entries of which 25 go at once: the index of names that would follow is held back
// until a decider says that it is so.
func shrinking(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("at 2026-03-02T09:00:00+08:00\nas officer\nPOST /v1/imports\nContent-Type: application/x-ndjson\n")
	for n := range 30 {
		fmt.Fprintf(&b, `{"regime":"reference","ground":"mirrored","subject":{"kind":"organization","names":[{"text":"FICTIONAL TRADING %s","lang":"en"}],`+
			`"identifiers":[{"scheme":"list-ref","value":"fiction:%d"}]},"facts":"Entry.","legal_basis":["Fictional list"],"decided":{"document":"entry","on":"2026-01-05"}}`+"\n", strings.Repeat("Q", n+1), n)
	}
	b.WriteString("=> 201 {id: !as import, accepted: 30}\n\nas decider\nPOST /v1/imports/$import/adoption\n=> 202\n\nrun clock\nrun indexer\n")
	b.WriteString("GET /v1/index\n=> 200 {entities: 30, held: null}\n\n")
	for n := range 25 {
		fmt.Fprintf(&b, "as nobody\nGET /v1/status/list-ref/fiction:%d\n=> 200 {listings: [{id: !as id}]}\n\nuse request kind=revocation\n"+
			"as second-decider\nPOST /v1/listings/$id/requests/$n/outcome\n{outcome: granted, reasons: It is on the other list no more.}\n=> 200 {state: removed}\n\n", n)
	}
	b.WriteString(`run indexer
as auditor
GET /v1/index
=> 200 {entities: 30, behind: 25, held: {entities: 5, was: 30, list_version: !as version}}

# What went is found no more all the same.
as nobody
POST /v1/search
{name: FICTIONAL TRADING QQQ, threshold: 0.99}
=> 200 {items: [], list_version: 55}

as officer
POST /v1/index/release
{list_version: $version, reasons: The other list withdrew a programme.}
=> 403

as decider
POST /v1/index/release
{list_version: 1, reasons: The other list withdrew a programme.}
=> 409

POST /v1/index/release
{list_version: $version, reasons: The other list withdrew a programme.}
=> 202 {list_version: 55}

run indexer
GET /v1/index
=> 200 {entities: 5, behind: 0, held: null}
`)
	path := filepath.Join(t.TempDir(), "28-index-held-back.txt")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
