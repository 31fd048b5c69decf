package arch

import (
	"slices"
	"strings"
	"testing"
)

// A room is a set of packages and the rooms it may import from. A package belongs to the first room that holds it.
//
// The direction is functions -> application -> domain, with adapters under their port. Nothing points back.
var rooms = []struct {
	name    string
	holds   func(path string) bool
	imports []string // names of rooms
}{
	{"domain", exactly("shared/subject", "shared/regime", "shared/listing", "shared/compliance", "shared/compliance/indicator", "shared/compliance/rules", "shared/compliance/peers", "shared/compliance/relation", "shared/compliance/risk", "shared/procedure", "shared/journal", "shared/workday", "shared/access", "shared/fault"), []string{"domain"}},
	{"domain", below("shared/naming"), []string{"domain"}},
	{"domain", exactly("shared/duty", "shared/ladder", "shared/action", "shared/statistics"), []string{"domain"}},
	{"domain", exactly("shared/inquiry", "shared/delimited"), []string{"domain"}},
	{"lazy values", exactly("shared/lazy", "shared/squeeze"), nil},
	{"port", exactly("shared/table", "shared/blob", "shared/queue", "shared/keys"), []string{"domain"}},
	{"contract suite", exactly("shared/table/tabletest", "shared/blob/blobtest", "shared/queue/queuetest", "shared/keys/keystest"), []string{"port", "adapter"}},
	{"policy engine", exactly("shared/access/policy"), []string{"domain"}},
	{"tool", support, nil},
	{"adapter", below("shared/table", "shared/blob", "shared/queue", "shared/keys", "shared/access"), []string{"domain", "port", "lazy values", "adapter"}},
	{"data files", exactly("infra/datafile"), nil},
	{"law", exactly("infra/regimes", "infra/calendars", "infra/policies", "infra/indicators", "infra/rulepacks", "infra/ladder", "infra/risk", "infra/clocks", "infra/alarms"), []string{"domain", "data files"}},
	{"records", exactly("shared/records"), []string{"domain", "port", "lazy values"}},
	{"repeated calls", exactly("shared/repeat"), []string{"domain", "port", "lazy values", "records"}},
	{"application", below("shared/querylog", "shared/watching"), []string{"domain", "port", "lazy values", "records", "policy engine", "repeated calls", "application"}},
	{"sealed texts", exactly("shared/sealedtext"), []string{"domain"}},
	{"shown steps", exactly("shared/timeline"), []string{"domain", "bounded pages"}},
	{"bounded pages", exactly("shared/bounded"), nil},
	{"application", below("shared/register", "shared/supervision", "shared/screening"), []string{"domain", "port", "lazy values", "law", "records", "policy engine", "repeated calls", "sealed texts", "shown steps", "bounded pages", "application"}},
	{"HTTP of repeated calls", exactly("shared/web/calling"), []string{"records", "repeated calls", "HTTP"}},
	{"HTTP of the log of queries", exactly("shared/web/telling"), []string{"application", "HTTP"}},
	{"HTTP", below("shared/web"), []string{"domain", "adapter", "HTTP"}},
	{"wiring", below("shared/boot"), []string{"domain", "port", "lazy values", "adapter", "policy engine", "law", "records", "application", "HTTP", "wiring"}},
	{"main of a function", mains, []string{"function", "wiring"}},
	{"function", below("functions"), []string{"domain", "records", "application", "HTTP", "HTTP of repeated calls", "HTTP of the log of queries", "wiring"}},
	{"engine", below("infra/engines"), []string{"engine"}},
	{"template", exactly("infra/samfile"), nil},
	{"tool", below("infra/local", "infra/check", "infra/keyring", "infra/nametables", "tests"), nil},
}

func exactly(paths ...string) func(string) bool {
	return func(path string) bool { return slices.Contains(paths, path) }
}

func below(folders ...string) func(string) bool {
	return func(path string) bool { return under(path, folders...) }
}

// support is what tests share: called after what it helps to test, as net/http/httptest is.
func support(path string) bool { return under(path, "shared") && strings.HasSuffix(path, "test") }

func mains(path string) bool { return under(path, "functions") && strings.HasSuffix(path, "/lambda") }

func room(path string) int {
	for i, r := range rooms {
		if r.holds(path) {
			return i
		}
	}
	return -1
}

func TestDirectionOfImports(t *testing.T) {
	for _, p := range own(t) {
		i := room(p.short())
		if i < 0 {
			t.Errorf("%s stands in no room: give it one here, or move it", p.short())
			continue
		}
		from := rooms[i]
		if from.name == "tool" {
			continue // at the end of every arrow: may import anything, and nobody imports it
		}
		for _, imported := range p.Imports {
			path, ok := strings.CutPrefix(imported, module)
			if !ok {
				continue
			}
			j := room(path)
			if j < 0 || !slices.Contains(from.imports, rooms[j].name) {
				t.Errorf("%s (%s) imports %s (%s)", p.short(), from.name, path, rooms[max(j, 0)].name)
			}
		}
	}
}

// An adapter knows its own port and no other, and so can be replaced alone.
func TestAdaptersStayUnderTheirPort(t *testing.T) {
	for _, p := range own(t) {
		if name := rooms[room(p.short())].name; name != "adapter" && name != "contract suite" {
			continue
		}
		port := strings.Join(strings.Split(p.short(), "/")[:2], "/")
		for _, imported := range p.Imports {
			path, ok := strings.CutPrefix(imported, module)
			if ok && !under(path, port, "infra/engines") && rooms[room(path)].name != "lazy values" && rooms[room(path)].name != "domain" {
				t.Errorf("%s imports %s, which is not under %s", p.short(), path, port)
			}
		}
	}
}

// What comes from outside of the repository, and who may use it. The first that fits holds; a module with no line here
// is one that nobody has agreed to yet.
var outside = []struct {
	path  string
	users []string
}{
	{"github.com/aws/aws-sdk-go-v2", []string{"shared/table/dynamo", "shared/blob/s3", "shared/queue/sqs", "shared/keys/kms", "shared/boot", "infra/local", "infra/keyring", "infra/check/journalcheck", "tests"}},
	{"github.com/aws/smithy-go", []string{"shared/table/dynamo", "shared/blob/s3", "shared/queue/sqs", "shared/keys/kms", "shared/boot", "infra/local"}},
	{"github.com/aws/aws-lambda-go", []string{"functions", "shared/web/lambdahttp", "shared/queue/lambdaqueue", "shared/boot", "infra/local", "tests"}},
	{"github.com/cedar-policy/cedar-go", []string{"shared/access/policy"}},
	{"github.com/go-jose/go-jose/v4", []string{"shared/access/token", "infra/local/issuer"}},
	{"github.com/go-json-experiment/json", []string{"shared/web", "shared/records", "shared/screening/sheet"}},
	{"github.com/go-playground/validator/v10", []string{"shared/web/validate"}},
	{"github.com/tink-crypto/tink-go/v2", []string{"shared/keys/tinkseal"}},
	{"github.com/getkin/kin-openapi", []string{"tests"}},
	{"github.com/google/cel-go", []string{"shared/compliance/rules"}},
	{"github.com/google/go-cmp", []string{"tests"}},
	{"go.etcd.io/bbolt", []string{"shared/table/bolt"}},
	{"go.yaml.in/yaml/v3", []string{"infra/datafile", "infra/calendars", "infra/indicators", "infra/rulepacks", "infra/ladder", "infra/clocks", "infra/samfile"}},
	{"golang.org/x/mod", []string{"shared/journal", "shared/records"}},
	{"golang.org/x/text", []string{"shared/subject", "shared/compliance/relation", "shared/naming", "shared/screening/sheet", "infra/nametables"}},
	{"pgregory.net/rapid", []string{"shared/table/tabletest", "tests"}},
}

func TestOutsideModulesHaveTheirPlace(t *testing.T) {
	all := packages(t)
	for _, p := range own(t) {
		if support(p.short()) {
			continue
		}
		for _, imported := range p.Imports {
			if q := all[imported]; q.Standard || q.own() {
				continue
			}
			i := slices.IndexFunc(outside, func(o struct {
				path  string
				users []string
			}) bool {
				return under(imported, o.path)
			})
			if i < 0 {
				t.Errorf("%s imports %s, which has no place", p.short(), imported)
			} else if !under(p.short(), outside[i].users...) {
				t.Errorf("%s imports %s; only %s may", p.short(), imported, strings.Join(outside[i].users, ", "))
			}
		}
	}
}

// Nobody fails by relation alone: what judges enterprises does not know who is related to whom.
func TestNoJudgmentKnowsRelations(t *testing.T) {
	relations := module + "shared/compliance/relation"
	for _, p := range own(t) {
		if under(p.short(), "shared/compliance") && p.ImportPath != relations && slices.Contains(p.Deps, relations) {
			t.Errorf("%s links %s", p.short(), relations)
		}
	}
}
