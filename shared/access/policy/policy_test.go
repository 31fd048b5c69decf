package policy_test

import (
	"bytes"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"text/tabwriter"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shixin/infra/policies"
	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/fault"
)

var update = flag.Bool("update", false, "write testdata/*.txt anew")

// actions is every action that a route or an application asks about.
var actions = strings.Fields(`
	regimes.read
	indicators.read
	listing.propose listing.amend listing.withdrawal listing.list listing.read listing.events listing.notice
	listing.statements listing.decision listing.consent listing.service listing.term listing.publication
	listing.requests listing.outcome
	import.create import.adoption import.read
	status.one status.batch status.past status.personal status.all
	changes.read changes.void
	query.read query.all
	watchlist.read watchlist.put alert.read alert.outcome distinction.read distinction.confirm
	enterprise.put enterprise.contact enterprise.import enterprise.list enterprise.read
	relation.read
	report.create report.read
	search.names search.all screening.create screening.start screening.read screening.results index.read index.release
	finding.read finding.contest finding.outcome
	rulepack.read rulepack.draft rulepack.trial rulepack.publication
	audit.create audit.list audit.read audit.results
	action.take action.list action.read action.notice action.replies action.evidence action.record action.extension action.outcome
	action.announcement action.publication action.contests action.resolution proposal.dismissal
	rectification.list work.read statistics.read ladder.read`)

// public is what a role that nobody knows may do as well as anybody.
var public = []string{
	"regimes.read", "indicators.read", "listing.read", "distinction.read", "status.one",
	"search.names",
	"rectification.list", "statistics.read", "ladder.read",
}

type persona struct {
	name string
	access.Principal
}

func authority(name string, role access.Role, id string, level access.Level, region string, sectors ...string) persona {
	if len(sectors) == 0 {
		sectors = []string{"telecom", "finance", "internet"}
	}
	return persona{name, access.Principal{Account: name, Person: name, Role: role, Authority: id, Level: level, Region: region, Sectors: sectors}}
}

func other(role access.Role) persona {
	name := string(role)
	if role == access.Anonymous {
		return persona{"anonymous", access.Principal{}}
	}
	return persona{name, access.Principal{Account: name, Person: name, Role: role, USCC: "x", Subject: "x"}}
}

var personas = []persona{
	authority("officer", access.Officer, "nation", access.National, "000000"),
	authority("decider", access.Decider, "nation", access.National, "000000"),
	authority("province-decider", access.Decider, "jiangsu", access.Province, "320000"),
	authority("city-officer", access.Officer, "suzhou", access.City, "320500"),
	authority("city-decider", access.Decider, "suzhou", access.City, "320500"),
	authority("finance-officer", access.Officer, "bank-bureau", access.Province, "320000", "finance"),
	authority("elsewhere-officer", access.Officer, "zhejiang", access.Province, "330000"),
	other(access.Auditor), other(access.Operator), other(access.Procurator),
	other(access.Enterprise), other(access.Person), other(access.Anonymous),
}

func engine() *policy.Engine { return policy.New(policies.Files, nil) }

func word(err error) string {
	switch fault.Of(err) {
	case fault.Forbidden:
		return "403"
	case fault.NotFound:
		return "404"
	}
	if err != nil {
		return "500"
	}
	return "yes"
}

// The tables under testdata say who may do what. A change of a policy is a change of a table, to be read by a person.
func TestTables(t *testing.T) {
	e := engine()
	city := policy.Resource{
		Kind: policy.Listing, Authority: "suzhou", Level: access.City, Region: "320500",
		Sectors: []string{"telecom"}, Rank: access.City.Rank(),
	}
	with := func(change func(*policy.Resource)) *policy.Resource { r := city; change(&r); return &r }
	for _, table := range []struct {
		file     string
		resource *policy.Resource
	}{
		{"role", nil},
		{"listing of a city, proposed", &city},
		{"listing of a city, noticed, about the caller", with(func(r *policy.Resource) { r.Own, r.Noticed = true, true })},
		{"listing of a city, proposed, about the caller", with(func(r *policy.Resource) { r.Own = true })},
		{"listing of a city, published, for the province to decide", with(func(r *policy.Resource) { r.Published, r.Noticed, r.Rank = true, true, 3 })},
		{"listing of the nation, proposed", with(func(r *policy.Resource) {
			r.Authority, r.Level, r.Region, r.Sectors = "nation", access.National, "000000", nil
		})},
		{"import of a city", with(func(r *policy.Resource) { r.Kind = policy.Import })},
		{"action of a city", with(func(r *policy.Resource) { r.Kind = policy.Action })},
		{"action of a city, noticed, about the caller", with(func(r *policy.Resource) { r.Kind, r.Own, r.Noticed = policy.Action, true, true })},
		{"enterprise in a city", with(func(r *policy.Resource) { r.Kind, r.Authority = policy.Enterprise, "jiangsu" })},
		{"enterprise in a city, the caller", with(func(r *policy.Resource) { r.Kind, r.Own = policy.Enterprise, true })},
		{"audit of a province", &policy.Resource{Kind: policy.Audit, Authority: "jiangsu", Region: "320000"}},
		{"audit of the nation", &policy.Resource{Kind: policy.Audit, Authority: "nation", Region: "000000"}},
		{"rule pack of telecom", &policy.Resource{Kind: policy.RulePack, Sectors: []string{"telecom"}}},
		{"rule pack of all sectors", &policy.Resource{Kind: policy.RulePack, Sectors: []string{"telecom", "finance", "internet"}}},
		{"status", &policy.Resource{Kind: policy.Status}},
		{"status with purpose and reference", &policy.Resource{Kind: policy.Status, Purpose: true, Reference: true}},
		{"status of the caller", &policy.Resource{Kind: policy.Status, Own: true}},
	} {
		t.Run(table.file, func(t *testing.T) {
			var b bytes.Buffer
			w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
			fmt.Fprint(w, "action")
			for _, p := range personas {
				fmt.Fprint(w, "\t", p.name)
			}
			fmt.Fprintln(w)
			for _, action := range actions {
				row, some := action, false
				for _, p := range personas {
					var err error
					if table.resource == nil {
						err = e.Role(p.Principal, action)
					} else {
						err = e.Allow(p.Principal, action, *table.resource)
					}
					some = some || err == nil
					row += "\t" + word(err)
				}
				if some || table.resource == nil {
					fmt.Fprintln(w, row)
				}
			}
			_ = w.Flush()
			file := "testdata/" + strings.ReplaceAll(strings.ReplaceAll(table.file, ",", ""), " ", "-") + ".txt"
			if *update {
				if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("%s: -want +got:\n%s", file, diff)
			}
		})
	}
}

func TestEveryActionHasAPolicyAndNoPolicyIsIdle(t *testing.T) {
	got, err := engine().Actions()
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(actions)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("actions: -asked +permitted:\n%s", diff)
	}
}

func TestUnknownIsDenied(t *testing.T) {
	e := engine()
	everything := policy.Resource{
		Kind: policy.Listing, Authority: "nation", Level: access.County, Region: "320500",
		Own: true, Noticed: true, Published: true, Purpose: true, Reference: true, New: true,
	}
	for _, p := range append(personas, persona{"no role", access.Principal{Account: "x", Role: "root", Authority: "nation"}}) {
		for _, action := range []string{"", "listing", "listing.delete", "Listing.read", "listing.read\x00"} {
			if err := e.Role(p.Principal, action); fault.Of(err) != fault.Forbidden {
				t.Errorf("%s, role for %q: %v", p.name, action, err)
			}
			if err := e.Allow(p.Principal, action, everything); fault.Of(err) != fault.Forbidden {
				t.Errorf("%s, %q: %v", p.name, action, err)
			}
		}
		for _, action := range actions {
			r := everything
			r.Kind = "Ledger"
			if err := e.Allow(p.Principal, action, r); err == nil {
				t.Errorf("%s may %s of a kind that no policy knows", p.name, action)
			}
		}
	}
	root := access.Principal{Account: "x", Role: "root", Authority: "nation", Level: access.National, Region: "000000"}
	for _, action := range actions {
		open := slices.Contains(public, action)
		if err := e.Role(root, action); !open && err == nil {
			t.Errorf("an unknown role may %s", action)
		}
	}
}

// Cedar skips a policy that errs: skipped forbids would permit.
func TestErringPolicyDeniesAndAlarms(t *testing.T) {
	const permit = `permit (principal, action == Action::"listing.read", resource);`
	for name, text := range map[string]string{
		"forbid": permit + ` forbid (principal, action == Action::"listing.read", resource) when { resource.secret };`,
		"permit": permit + ` permit (principal, action == Action::"listing.read", resource) when { principal.level.foo == 1 };`,
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			files := fstest.MapFS{"a.cedar": {Data: []byte(text)}}
			e := policy.New(files, slog.New(slog.NewJSONHandler(&log, nil)))
			if err := e.Allow(personas[0].Principal, "listing.read", policy.Resource{Kind: policy.Listing}); fault.Of(err) != fault.NotFound {
				t.Errorf("got %v", err)
			}
			if !strings.Contains(log.String(), `"alarm":"policy"`) || !strings.Contains(log.String(), `"policy":"a.cedar:1`) {
				t.Errorf("no alarm: %s", &log)
			}
		})
	}
}

func TestUnreadablePoliciesFailEveryQuestion(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"none":      {},
		"syntax":    {"a.cedar": {Data: []byte(`permit (principal`)}},
		"no action": {"a.cedar": {Data: []byte(`permit (principal, action, resource);`)}},
	} {
		e := policy.New(files, nil)
		if err := e.Role(personas[0].Principal, "listing.read"); err == nil || fault.Of(err) != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What an authority may do to a listing: everything that the rule says in words, for any two authorities.
func TestReachOfAuthorities(t *testing.T) {
	e := engine()
	levels := []access.Level{access.County, access.City, access.Province, access.National}
	regions := []string{"000000", "320000", "330000", "320500", "320600", "320505", "320506", "330100", "110101"}
	sectors := []string{"telecom", "finance", "internet"}
	officerSteps := strings.Fields("listing.amend listing.withdrawal listing.notice listing.statements listing.service listing.term listing.requests")
	deciderSteps := strings.Fields("listing.decision listing.publication listing.outcome")
	rapid.Check(t, func(t *rapid.T) {
		p := access.Principal{
			Account: "a", Person: "p", Role: rapid.SampledFrom([]access.Role{access.Officer, access.Decider}).Draw(t, "role"),
			Authority: rapid.SampledFrom([]string{"one", "two"}).Draw(t, "authority"),
			Level:     rapid.SampledFrom(levels).Draw(t, "level"),
			Region:    rapid.SampledFrom(regions).Draw(t, "region"),
			Sectors:   rapid.SliceOfDistinct(rapid.SampledFrom(sectors), rapid.ID).Draw(t, "sectors"),
		}
		r := policy.Resource{
			Kind:      policy.Listing,
			Authority: rapid.SampledFrom([]string{"one", "two"}).Draw(t, "of"),
			Level:     rapid.SampledFrom(levels).Draw(t, "its level"),
			Region:    rapid.SampledFrom(regions).Draw(t, "its region"),
			Sectors:   rapid.SliceOfDistinct(rapid.SampledFrom(sectors), rapid.ID).Draw(t, "its sectors"),
			Rank:      rapid.IntRange(0, 4).Draw(t, "needs"),
		}
		shares := len(r.Sectors) == 0 || slices.ContainsFunc(r.Sectors, func(s string) bool { return slices.Contains(p.Sectors, s) })
		reaches := p.Authority == r.Authority || access.Within(r.Region, p.Region) && r.Level.Rank() < p.Level.Rank() && shares
		expect := func(action string, may bool) {
			want := "yes"
			switch {
			case !reaches:
				want = "404"
			case !may:
				want = "403"
			}
			if got := word(e.Allow(p, action, r)); got != want {
				t.Fatalf("%s: %s, want %s", action, got, want)
			}
		}
		for _, action := range officerSteps {
			expect(action, p.Role == access.Officer)
		}
		for _, action := range deciderSteps {
			expect(action, p.Role == access.Decider && p.Level.Rank() >= r.Rank)
		}
		expect("listing.consent", p.Role == access.Decider && p.Level.Rank() > r.Level.Rank())
		expect("listing.propose", p.Role == access.Officer && shares)
		expect("listing.read", true)
		expect("listing.events", true)
	})
}

// Whoever may take a step on a record may also see it.
func TestStepsImplySight(t *testing.T) {
	e := engine()
	for _, p := range personas {
		for _, kind := range []policy.Kind{policy.Listing, policy.Import, policy.Action, policy.Enterprise, policy.Audit} {
			for bits := range 16 {
				r := policy.Resource{
					Kind: kind, Authority: "jiangsu", Level: access.Province, Region: "320000", Sectors: []string{"finance"},
					Own: bits&1 > 0, Noticed: bits&2 > 0, Published: bits&4 > 0,
				}
				if bits&8 > 0 {
					r.Authority, r.Level, r.Region = "suzhou", access.City, "320500"
				}
				read := strings.ToLower(string(kind)) + ".read"
				for _, action := range actions {
					if action == "audit.create" { // of a scope, not of a record
						continue
					}
					if e.Allow(p.Principal, action, r) == nil && e.Allow(p.Principal, read, r) != nil {
						t.Errorf("%s may %s of %+v without seeing it", p.name, action, r)
					}
				}
			}
		}
	}
}

// A step on a record is never permitted to a role that the call itself is refused to.
func TestRecordsGrantNothingThatRolesRefuse(t *testing.T) {
	e := engine()
	for _, p := range personas {
		for _, kind := range []policy.Kind{policy.Listing, policy.Import, policy.Action, policy.Enterprise, policy.Audit, policy.Status} {
			r := policy.Resource{
				Kind: kind, Authority: p.Authority, Level: access.County, Region: p.Region,
				Own: true, Noticed: true, Published: true, Purpose: true, Reference: true,
			}
			for _, action := range actions {
				if strings.HasPrefix(action, "status.") { // asked of the identifiers within a call
					continue
				}
				if e.Allow(p.Principal, action, r) == nil && e.Role(p.Principal, action) != nil {
					t.Errorf("%s: %s of %s", p.name, action, kind)
				}
			}
		}
	}
}

func BenchmarkAllow(b *testing.B) {
	e := engine()
	p := personas[2].Principal
	r := policy.Resource{Kind: policy.Listing, Authority: "wujiang", Level: access.County, Region: "320509", Sectors: []string{"telecom"}, Rank: 2}
	if err := e.Allow(p, "listing.decision", r); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = e.Allow(p, "listing.decision", r)
	}
}

func BenchmarkRole(b *testing.B) {
	e := engine()
	_ = e.Role(personas[0].Principal, "status.one")
	b.ReportAllocs()
	for b.Loop() {
		_ = e.Role(personas[0].Principal, "status.one")
	}
}
