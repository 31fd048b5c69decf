package regime

import (
	"strings"
	"testing"

	"shixin/shared/access"
	"shixin/shared/workday"
)

func source(c Confidence) Source {
	return Source{Cite: "第一条 · art. 1", Confidence: c, Verified: c == Official, Note: "说明 · note"}
}

func bilingualText() Text { return Text{Zh: "名", En: "name"} }

// sound is a small regime without a fault.
func sound() Regime {
	requests := []Request{
		{Kind: "appeal", Effect: "remove", Cause: "appeal", Against: "decision", Outcomes: []string{"granted", "refused", "varied"}},
		{Kind: "repair", Effect: "remove", Cause: "repair", Against: "decision",
			Earliest: &Earliest{After: "decision", Length: Period{Years: 1}, Source: source(Partial)},
			Clocks:   []Clock{{Step: "outcome", After: "request", Within: &Period{WorkingDays: 15}, Source: source(Memory)}}},
		{Kind: "correction", Effect: "correct", Against: "decision"},
		{Kind: "revocation", Effect: "remove", Cause: "revocation", Against: "decision", When: []string{"listed", "removed"}},
		{Kind: "unpublication", Effect: "unpublish", Against: "publication"},
		{Kind: "stay", Effect: "stay", Against: "decision"},
		{Kind: "identity", Effect: "remove", Cause: "identity", Against: "decision"},
		{Kind: "reinstatement", Effect: "reinstate", Against: "removal", When: []string{"removed"}, Causes: []string{"repair"}},
	}
	for i := range requests {
		r := &requests[i]
		r.Open, r.Ask, r.Source = true, []string{"officer"}, source(Partial)
		if r.When == nil {
			r.When = []string{"listed"}
		}
		if r.Outcomes == nil {
			r.Outcomes = []string{"granted", "refused"}
		}
	}
	return Regime{ID: "sound", Name: bilingualText(), Versions: []Version{{
		Regime: "sound", Version: "2020-01-01", Name: bilingualText(), From: "2020-01-01", Source: source(Official),
		Statement: Clock{Step: "statements", After: "notice", Source: source(NotFound)},
		Consent:   &Consent{For: []access.Level{access.County}, Source: source(Partial)},
		Cap:       &Cap{Length: Period{Years: 5}, Source: source(Partial)},
		Clocks:    []Clock{{Step: "publication", After: "decision", Within: &Period{WorkingDays: 20}, Source: source(Memory)}},
		Measures:  []Measure{{Code: "no-new-licence", Field: "telecom", Name: bilingualText(), Source: source(Partial)}},
		Grounds: []Ground{{
			ID: "fraud", Name: bilingualText(), Subjects: []string{"organization", "person"}, From: "2020-01-01", Level: access.City,
			Term: &Term{Length: Period{Years: 2}, Starts: "decision", Source: source(Partial)}, Capped: true, Measures: []string{"no-new-licence"},
			Publication: Publication{Allowed: true, Persons: true, Fields: []string{"name"}, Source: source(Partial)}, Source: source(Partial),
		}},
		Requests: requests,
	}}}
}

func TestCheckPassesWhatIsSound(t *testing.T) {
	if err := sound().Check(); err != nil {
		t.Fatal(err)
	}
}

func TestCheckRefuses(t *testing.T) {
	version := func(change func(v *Version)) func(*Regime) {
		return func(r *Regime) { change(&r.Versions[0]) }
	}
	ground := func(change func(g *Ground)) func(*Regime) {
		return func(r *Regime) { change(&r.Versions[0].Grounds[0]) }
	}
	request := func(kind string, change func(q *Request)) func(*Regime) {
		return func(r *Regime) {
			q, ok := r.Versions[0].Request(kind)
			if !ok {
				panic(kind)
			}
			change(q)
		}
	}
	for name, c := range map[string]struct {
		spoil func(*Regime)
		where string
	}{
		"id with capitals":        {func(r *Regime) { r.ID = "Sound" }, "Sound/id"},
		"no Chinese name":         {func(r *Regime) { r.Name.Zh = "name" }, "name"},
		"no version":              {func(r *Regime) { r.Versions = nil }, "versions"},
		"regime not filled in":    {version(func(v *Version) { v.Regime = "" }), "2020-01-01/regime"},
		"version is another day":  {version(func(v *Version) { v.From = "2020-01-02" }), "version"},
		"day that does not exist": {version(func(v *Version) { v.To = "2020-02-30" }), "to"},
		"ends before it starts":   {version(func(v *Version) { v.To = "2019-12-31" }), "to"},
		"unknown sector":          {version(func(v *Version) { v.Sectors = []string{"police"} }), "sectors"},
		"overlapping versions": {func(r *Regime) {
			v := r.Versions[0]
			v.From, v.Version = "2021-01-01", "2021-01-01"
			r.Versions = append(r.Versions, v)
		}, "2021-01-01/from"},
		"descending versions": {func(r *Regime) {
			v := r.Versions[0]
			r.Versions[0].To = "2020-02-01"
			v.From, v.Version = "2019-01-01", "2019-01-01"
			r.Versions = append(r.Versions, v)
		}, "2019-01-01/from"},
		"corrected to another end": {func(r *Regime) {
			v := r.Versions[0]
			v.Version, v.To = "2020-01-01.1", "2021-01-01"
			r.Versions = append(r.Versions, v)
		}, "2020-01-01.1/to"},
		"version twice":                {func(r *Regime) { r.Versions = append(r.Versions, r.Versions[0]) }, "2020-01-01/version"},
		"version with a word":          {version(func(v *Version) { v.Version += ".final" }), "version"},
		"no source":                    {version(func(v *Version) { v.Source = Source{} }), "version/source"},
		"cite in one language":         {version(func(v *Version) { v.Source.Cite = "art. 1" }), "version/source"},
		"unknown confidence":           {version(func(v *Version) { v.Cap.Source.Confidence = "A" }), "cap/source"},
		"partial, yet verified":        {version(func(v *Version) { v.Cap.Source.Verified = true }), "cap/source"},
		"memory, yet verified":         {version(func(v *Version) { v.Clocks[0].Source.Verified = true }), "clocks/publication/source"},
		"not found, without a note":    {version(func(v *Version) { v.Statement.Source.Note = "" }), "statement/source"},
		"number of a law not found":    {version(func(v *Version) { v.Cap.Source = source(NotFound) }), "cap/source"},
		"set clock of a law not found": {version(func(v *Version) { v.Statement.Within = &Period{Days: 5} }), "statement/source"},
		"unset clock from a fragment":  {version(func(v *Version) { v.Clocks[0].Within = nil }), "clocks/publication/source"},
		"empty period":                 {version(func(v *Version) { v.Clocks[0].Within = &Period{} }), "clocks/publication/within"},
		"two periods":                  {version(func(v *Version) { v.Clocks[0].Within = &Period{Days: 1, Years: 1} }), "clocks/publication/within"},
		"negative period":              {version(func(v *Version) { v.Clocks[0].Within = &Period{Days: -1} }), "clocks/publication/within"},
		"unknown step":                 {version(func(v *Version) { v.Clocks[0].Step = "party" }), "clocks/party/step"},
		"unknown start of a clock":     {version(func(v *Version) { v.Clocks[0].After = "lunch" }), "clocks/publication/after"},
		"one clock twice":              {version(func(v *Version) { v.Clocks = append(v.Clocks, v.Clocks[0]) }), "clocks/publication/step"},
		"consent of nobody's level":    {version(func(v *Version) { v.Consent.For = []access.Level{access.National} }), "consent/for"},
		"consent for none":             {version(func(v *Version) { v.Consent.For = nil }), "consent/for"},
		"cap in working days":          {version(func(v *Version) { v.Cap.Length = Period{WorkingDays: 5} }), "cap/length"},
		"cap for nothing":              {ground(func(g *Ground) { g.Capped = false }), "cap"},
		"capped without a cap":         {version(func(v *Version) { v.Cap = nil }), "cap"},
		"measure that nothing has":     {ground(func(g *Ground) { g.Measures = nil }), "measures/no-new-licence/code"},
		"unknown field of a measure":   {version(func(v *Version) { v.Measures[0].Field = "moral" }), "measures/no-new-licence/field"},
		"measure twice":                {version(func(v *Version) { v.Measures = append(v.Measures, v.Measures[0]) }), "measures/no-new-licence/code"},
		"unknown measure":              {ground(func(g *Ground) { g.Measures = append(g.Measures, "exile") }), "grounds/fraud/measures"},
		"no ground":                    {version(func(v *Version) { v.Grounds = nil }), "grounds"},
		"ground twice":                 {version(func(v *Version) { v.Grounds = append(v.Grounds, v.Grounds[0]) }), "grounds/fraud/id"},
		"ground never in effect":       {ground(func(g *Ground) { g.From, g.To = "2018-01-01", "2019-01-01" }), "grounds/fraud/from"},
		"ground of no level":           {ground(func(g *Ground) { g.Level = "village" }), "grounds/fraud/level"},
		"unknown subject":              {ground(func(g *Ground) { g.Subjects = []string{"ship"} }), "grounds/fraud/subjects"},
		"conviction of organizations": {ground(func(g *Ground) {
			g.Conviction, g.Subjects, g.Publication.Persons = true, []string{"organization"}, false
		}), "grounds/fraud/conviction"},
		"term in working days":       {ground(func(g *Ground) { g.Term.Length = Period{WorkingDays: 5} }), "grounds/fraud/term/length"},
		"term longer than the cap":   {ground(func(g *Ground) { g.Term.Length = Period{Months: 61} }), "grounds/fraud/term/length"},
		"unknown start of a term":    {ground(func(g *Ground) { g.Term.Starts = "notice" }), "grounds/fraud/term/starts"},
		"capped without a term":      {ground(func(g *Ground) { g.Term = nil }), "grounds/fraud/capped"},
		"fields of nobody":           {ground(func(g *Ground) { g.Publication.Allowed, g.Publication.Persons = false, false }), "grounds/fraud/publication/allowed"},
		"publication of nothing":     {ground(func(g *Ground) { g.Publication.Fields = nil }), "grounds/fraud/publication/fields"},
		"unknown published field":    {ground(func(g *Ground) { g.Publication.Fields = []string{"home"} }), "grounds/fraud/publication/fields"},
		"publication of minors":      {ground(func(g *Ground) { g.Publication.AgeUnknown = true }), "grounds/fraud/publication/age_unknown"},
		"persons where none can be":  {ground(func(g *Ground) { g.Subjects = []string{"organization"} }), "grounds/fraud/publication/persons"},
		"publication without a rule": {ground(func(g *Ground) { g.Publication.Source = source(NotFound) }), "grounds/fraud/publication/allowed"},
		"mirror with measures":       {version(func(v *Version) { v.Mirror = true }), "mirror"},
		"a kind is missing":          {version(func(v *Version) { v.Requests = v.Requests[1:] }), "requests"},
		"a kind twice":               {version(func(v *Version) { v.Requests = append(v.Requests, v.Requests[0]) }), "requests"},
		"unknown kind":               {version(func(v *Version) { v.Requests[0].Kind = "pardon" }), "requests"},
		"open without a rule":        {request("stay", func(q *Request) { q.Source = source(NotFound) }), "requests/stay/open"},
		"officers shut out":          {request("appeal", func(q *Request) { q.Ask = []string{"subject"} }), "requests/appeal/ask"},
		"subject asks to be revoked": {request("revocation", func(q *Request) { q.Ask = []string{"subject", "officer"} }), "requests/revocation/ask"},
		"asked of a proposal":        {request("appeal", func(q *Request) { q.When = []string{"proposed"} }), "requests/appeal/when"},
		"appeal after removal":       {request("appeal", func(q *Request) { q.When = []string{"listed", "removed"} }), "requests/appeal/when"},
		"unknown outcome":            {request("appeal", func(q *Request) { q.Outcomes = []string{"granted", "refused", "maybe"} }), "requests/appeal/outcomes"},
		"never refused":              {request("appeal", func(q *Request) { q.Outcomes = []string{"granted"} }), "requests/appeal/outcomes"},
		"stay varied":                {request("stay", func(q *Request) { q.Outcomes = append(q.Outcomes, "varied") }), "requests/stay/outcomes"},
		"another effect":             {request("stay", func(q *Request) { q.Effect = "remove" }), "requests/stay/effect"},
		"another cause":              {request("repair", func(q *Request) { q.Cause = "appeal" }), "requests/repair/cause"},
		"cause without removal":      {request("stay", func(q *Request) { q.Cause = "appeal" }), "requests/stay/cause"},
		"against another decision":   {request("unpublication", func(q *Request) { q.Against = "decision" }), "requests/unpublication/against"},
		"reinstated without a cause": {request("reinstatement", func(q *Request) { q.Causes = nil }), "requests/reinstatement/causes"},
		"reinstated while listed":    {request("reinstatement", func(q *Request) { q.When = []string{"listed"} }), "requests/reinstatement/when"},
		"causes of an appeal":        {request("appeal", func(q *Request) { q.Causes = []string{"repair"} }), "requests/appeal/causes"},
		"earliest after nothing":     {request("repair", func(q *Request) { q.Earliest.After = "birth" }), "requests/repair/earliest/after"},
		"earliest in working days":   {request("repair", func(q *Request) { q.Earliest.Length = Period{WorkingDays: 9} }), "requests/repair/earliest/length"},
		"unknown clock of a request": {request("repair", func(q *Request) { q.Clocks[0].Step = "decision" }), "requests/repair/clocks/decision/step"},
	} {
		t.Run(name, func(t *testing.T) {
			r := sound()
			c.spoil(&r)
			err := r.Check()
			if err == nil {
				t.Fatal("passed")
			}
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if where, _, _ := strings.Cut(line, ": "); strings.HasSuffix(where, "/"+c.where) || where == c.where {
					return
				}
			}
			t.Errorf("nothing about %s in:\n%v", c.where, err)
		})
	}
}

func TestLibraryCheckRefusesTwins(t *testing.T) {
	if err := (Library{Regimes: []Regime{sound(), sound()}}).Check(); err == nil || !strings.Contains(err.Error(), "used twice") {
		t.Errorf("got %v", err)
	}
}

func TestVersionInEffect(t *testing.T) {
	r := sound()
	later := r.Versions[0]
	r.Versions[0].To = "2022-12-31"
	later.From, later.Version = "2024-01-01", "2024-01-01"
	r.Versions = append(r.Versions, later)
	l := Library{Regimes: []Regime{r}}
	for _, c := range []struct{ on, want workday.Day }{
		{"2019-12-31", ""}, {"2020-01-01", "2020-01-01"}, {"2022-12-31", "2020-01-01"},
		{"2023-01-01", ""}, {"2024-01-01", "2024-01-01"}, {"2999-12-31", "2024-01-01"},
	} {
		v, err := l.In("sound", c.on)
		if (err != nil) != (c.want == "") || err == nil && v.Version != string(c.want) {
			t.Errorf("%s: got %v, %v", c.on, v, err)
		}
	}
	if _, err := l.In("unsound", "2020-01-01"); err == nil {
		t.Error("an unknown regime is in effect")
	}
}

// A listing made under a wrong transcription keeps it; the next one is made under the corrected one.
func TestCorrectedTranscription(t *testing.T) {
	r := sound()
	mended := r.Versions[0]
	mended.Version += ".1"
	r.Versions = append(r.Versions, mended)
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	l := Library{Regimes: []Regime{r}}
	if v, err := l.In("sound", "2020-06-01"); err != nil || v.Version != "2020-01-01.1" {
		t.Errorf("in effect is %v, %v", v, err)
	}
	if _, ok := l.Version("sound", "2020-01-01"); !ok {
		t.Error("the wrong transcription is gone")
	}
}

func TestPeriodAfter(t *testing.T) {
	for _, c := range []struct {
		p        Period
		from, to workday.Day
	}{
		{Period{Days: 30}, "2024-02-01", "2024-03-02"},
		{Period{Months: 1}, "2024-01-31", "2024-02-29"},
		{Period{Years: 3}, "2024-02-29", "2027-02-28"},
		{Period{Years: 2}, "2024-12-01", "2026-12-01"},
	} {
		if got, ok := c.p.After(c.from, workday.Calendar{}); !ok || got != c.to {
			t.Errorf("%+v after %s is %s, want %s", c.p, c.from, got, c.to)
		}
	}
	if _, ok := (Period{WorkingDays: 1}).After("2024-01-31", workday.Calendar{}); ok {
		t.Error("a working day without a calendar")
	}
}
