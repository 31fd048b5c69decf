package arch

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// What a function does not use it does not link: each import is paid for at every cold start.
func TestWhatFunctionsLink(t *testing.T) {
	never := []string{ // by no function at all
		"go.etcd.io/bbolt/...", "pgregory.net/rapid", "github.com/getkin/kin-openapi/...", "testing", "net/http/httptest",
		module + "infra/local/...", module + "infra/samfile", module + "infra/engines/...", module + "infra/check/...",
		module + "shared/table/bolt", module + "shared/blob/file", module + "shared/queue/memory", module + "shared/keys/file",
		"github.com/aws/aws-sdk-go-v2/config", "github.com/aws/aws-sdk-go-v2/service/sso", "github.com/aws/aws-sdk-go-v2/service/sts",
	}
	no := map[string][]string{
		"status": {
			"github.com/go-playground/validator/v10", "github.com/tink-crypto/tink-go/v2/...", "github.com/google/cel-go/...", "go.yaml.in/yaml/v3",
			"github.com/aws/aws-sdk-go-v2/service/s3", // sqs it has: the log of queries costs a tenth of a hello-world's start
			module + "shared/register", module + "infra/regimes", module + "infra/calendars", "encoding/csv",
		},
	}
	only := map[string][]string{ // what is large, and who needs it
		"github.com/google/cel-go":                {"auditwork", "compliance"},
		module + "shared/naming":                  {"indexer", "publisher", "screenwork", "search", "watch"},
		"github.com/go-playground/validator/v10":  {"registry", "compliance", "search"},
		"github.com/aws/aws-sdk-go-v2/service/s3": {"auditplan", "auditwork", "compliance", "indexer", "publisher", "screenwork", "search", "watch"},
	}
	seen := 0
	for _, p := range own(t) {
		if !mains(p.short()) {
			continue
		}
		seen++
		name := path.Base(path.Dir(p.ImportPath))
		refused := slices.Concat(never, no[name])
		if name != "compliance" && name != "auditwork" { // who drafts rules, and who judges by them
			refused = append(refused, "github.com/google/cel-go/...")
		}
		for _, unwanted := range refused {
			for _, linked := range p.Deps {
				if folder, all := strings.CutSuffix(unwanted, "/..."); linked == unwanted || all && under(linked, folder) {
					t.Errorf("%s links %s", name, linked)
				}
			}
		}
	}
	for _, p := range own(t) {
		name := path.Base(path.Dir(p.ImportPath))
		for large, users := range only {
			if mains(p.short()) && !slices.Contains(users, name) && slices.ContainsFunc(p.Deps, func(linked string) bool { return under(linked, large) }) {
				t.Errorf("%s links %s, which %v alone need", name, large, users)
			}
		}
	}
	if seen < 4 {
		t.Errorf("only %d functions", seen)
	}
}
