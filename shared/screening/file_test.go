package screening_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/querylog"
	"shixin/shared/records"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
	"shixin/shared/repeat"
	"shixin/shared/screening"
)

// A file tells for each row what there is, and why.
func TestAFileIsLookedUpRowByRow(t *testing.T) {
	w := newWorld(t)
	shown := w.published(1, "苏州虚构星河网络科技有限公司")
	hidden := w.Listed(called(rt.Organization(2), "苏州虚构长风网络科技有限公司"))
	person := w.Listed(called(rt.Human(3), "欧阳虚构"))
	w.build()
	file := lines(
		`{"reference":"a","name":"苏州虚构星河网络科技有限公司"}`,
		`{"reference":"b","name":"虚构星河","identifier":{"scheme":"uscc","value":"`+rt.USCC(1)+`"}}`,
		`{"reference":"c","name":"苏州虚构长风网络科技有限公司","kind":"organization"}`,
		`{"reference":"d","name":"欧阳虚构","kind":"person","birth_year":1990}`,
		`{"reference":"e","name":"欧阳虚构","birth_year":1960}`,
		`{"reference":"f","name":"谁也不是"}`,
		`{"reference":"g","name":"有限公司"}`,
		`{"reference":"h","name":"a","kind":"ship"}`,
		`{"reference":"i","name":""}`,
		`{"reference":"j","identifier":{"scheme":"cn-id","value":"`+rt.CNID(3)+`"}}`,
		`{"reference":"k","name":"x","identifier":{"scheme":"uscc","value":"1"}}`,
		`{"reference":"l","name":`,
		`{"reference":"m","name":"`+strings.Repeat("名", 301)+`"}`,
	)
	for _, c := range []struct {
		who     access.Principal
		purpose string
		want    string
	}{
		{rt.Officer, "", "a possible S|b match S|c possible H|d possible P|e clear|f clear|g unchecked|h unchecked|i unchecked|j match P|k unchecked| unchecked|m unchecked"},
		{rt.Operator, "onboarding", "a possible S|b match S|c possible H|d possible P|e clear|f clear|g unchecked|h unchecked|i unchecked|j match P|k unchecked| unchecked|m unchecked"},
		{rt.Operator, "", "a possible S|b match S|c possible H|d possible P|e clear|f clear|g unchecked|h unchecked|i unchecked|j unchecked|k unchecked| unchecked|m unchecked"},
		{rt.Enterprise(7), "", "a possible S|b match S|c clear|d unchecked|e clear|f clear|g unchecked|h unchecked|i unchecked|j unchecked|k unchecked| unchecked|m unchecked"},
	} {
		id := w.ordered(c.who, screening.Order{Format: "ndjson", Rows: ptr(13), Purpose: c.purpose}, file)
		w.start(c.who, id)
		w.Must(w.work(id))
		var got []string
		for _, r := range w.results(c.who, id, "", 4) {
			s := r.Reference + " " + string(r.Verdict)
			for _, i := range r.Items {
				s += " " + map[string]string{shown: "S", hidden: "H", person: "P"}[i.Listing]
			}
			if r.Verdict == screening.Unchecked && r.Detail == "" {
				t.Errorf("%s is unchecked and nobody says why", r.Reference)
			}
			if strings.Contains(r.Detail, rt.CNID(3)) {
				t.Errorf("%s repeats an identifier", r.Reference)
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s %q:\n%s, want\n%s", c.who.Account, c.purpose, s, c.want)
		}
		p := w.progress(c.who, id)
		if p.State != records.ScreeningClosed || p.Rows != 13 || p.Screened != 13 || p.ClosedAt == nil || p.ListVersion == nil || p.Algorithm == "" {
			t.Errorf("progress %+v", p)
		}
		if only := w.results(c.who, id, screening.Match, 1); len(only) != p.Counts.Match {
			t.Errorf("%d matches, counted %d", len(only), p.Counts.Match)
		}
		if left := w.shelf.files(id); len(left) > 0 {
			t.Errorf("the file is still there: %v", left)
		}
		told := w.queue.take(querylog.Queue)
		if len(told) != 1 || !strings.Contains(told[0], "screening-"+id) || strings.Contains(told[0], "虚构") {
			t.Errorf("the log is told %v", told)
		}
	}
}

func TestFilesAreTheirSendersAlone(t *testing.T) {
	w := newWorld(t)
	id := w.ordered(rt.Operator, screening.Order{Format: "csv"}, lines("name", "a"))
	other := rt.Operator
	other.Account = "another-operator"
	for _, who := range []access.Principal{other, rt.Officer, rt.Auditor} {
		_, startErr := w.Start(w.Ctx(), w.call(who), id)
		_, readErr := w.Screening.Read(w.Ctx(), who, w.Now, id)
		_, _, resultsErr := w.Results(w.Ctx(), who, w.Now, id, "", screening.ResultPlace{}, 10)
		for what, err := range map[string]error{"start": startErr, "progress": readErr, "results": resultsErr} {
			if fault.Of(err) != fault.NotFound {
				t.Errorf("%s: %s: %v", who.Account, what, err)
			}
		}
	}
}

func TestAFileThatIsWrong(t *testing.T) {
	w := newWorld(t)
	for what, c := range map[string]struct{ format, file, want string }{
		"empty":            {"csv", "", "no rows"},
		"another header":   {"csv", lines("Nombre;Año", "a;1"), "column name"},
		"no header":        {"csv", lines("张三丰,1"), "column name"},
		"UTF-16":           {"csv", "\xff\xfen\x00", "UTF-16"},
		"neither encoding": {"ndjson", "{\"name\":\"\xff\xff\"}\n", "neither"},
	} {
		id := w.ordered(rt.Operator, screening.Order{Format: c.format}, c.file)
		_, err := w.Start(w.Ctx(), w.call(rt.Operator), id)
		if fault.Of(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", what, err, c.want)
		}
		if p := w.progress(rt.Operator, id); p.State != records.ScreeningFailed || !strings.Contains(p.Detail, c.want) {
			t.Errorf("%s: %+v", what, p)
		}
		if _, err := w.Start(w.Ctx(), w.call(rt.Operator), id); fault.Of(err) != fault.Conflict {
			t.Errorf("%s: started again: %v", what, err)
		}
		if left := w.shelf.files(""); len(left) > 0 {
			t.Errorf("%s: the file is kept", what)
		}
	}
	// What shows only when all of it is read.
	for what, c := range map[string]struct {
		order screening.Order
		file  string
		want  string
	}{
		"only a header":      {screening.Order{Format: "csv"}, "name\n", "no rows"},
		"one that stopped":   {screening.Order{Format: "csv", Rows: ptr(3)}, "name\na\nb\n", "2 rows"},
		"one row too many":   {screening.Order{Format: "csv"}, "name\n" + strings.Repeat("a\n", screening.MaxRows+1), "1,000,000"},
		"more than promised": {screening.Order{Format: "ndjson", Rows: ptr(1)}, "{\"name\":\"a\"}\n{\"name\":\"b\"}\n", "2 rows"},
	} {
		id := w.ordered(rt.Operator, c.order, c.file)
		w.start(rt.Operator, id)
		w.Must(w.work(id))
		if p := w.progress(rt.Operator, id); p.State != records.ScreeningFailed || !strings.Contains(p.Detail, c.want) {
			t.Errorf("%s: %+v", what, p)
		}
		if _, _, err := w.Results(w.Ctx(), rt.Operator, w.Now, id, "", screening.ResultPlace{}, 10); fault.Of(err) != fault.Conflict {
			t.Errorf("%s: its results: %v", what, err)
		}
	}
	for what, o := range map[string]screening.Order{
		"/format": {Format: "xlsx"}, "/rows": {Format: "csv", Rows: ptr(screening.MaxRows + 1)}, "/threshold": {Format: "csv", Threshold: ptr(2.0)}, "/purpose": {Format: "csv", Purpose: "a\nb"},
	} {
		if _, err := w.Create(w.Ctx(), w.call(rt.Operator), o); fault.Of(err) != fault.Invalid || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	id := w.ordered(rt.Operator, screening.Order{Format: "csv"}, "")
	w.Must(w.shelf.Delete(w.Ctx(), "uploads/"+id))
	if _, err := w.Start(w.Ctx(), w.call(rt.Operator), id); fault.Of(err) != fault.Conflict {
		t.Errorf("without a file: %v", err)
	}
}

func TestAFileInGB18030(t *testing.T) {
	w := newWorld(t)
	id := w.published(1, "苏州虚构星河网络科技有限公司")
	file, err := simplifiedchinese.GB18030.NewEncoder().String(lines("reference,name", "1,ascii only", "2,苏州虚构星河网络科技有限公司"))
	w.Must(err)
	f := w.ordered(rt.Enterprise(1), screening.Order{Format: "csv"}, file)
	w.start(rt.Enterprise(1), f)
	w.Must(w.work(f))
	r := w.results(rt.Enterprise(1), f, screening.Possible, 10)
	if len(r) != 1 || r[0].Line != 3 || r[0].Reference != "2" || r[0].Items[0].Listing != id {
		t.Errorf("%+v", r)
	}
}

// All rows meet the list as it was pinned, whatever happens to it while they are looked up.
func TestAllRowsMeetOneListVersion(t *testing.T) {
	w := newWorld(t)
	id := w.published(1, "苏州虚构星河网络科技有限公司")
	for _, built := range []bool{false, true} {
		if built {
			w.build()
		}
		w.PageSize = 2
		f := w.ordered(rt.Operator, screening.Order{Format: "csv"}, lines("name", "虚构星河", "虚构银河", "虚构星河", "虚构银河"))
		w.start(rt.Operator, f)
		pages := 0
		w.shelf.fail = func(call, name string) error {
			if call == "put" && strings.Contains(name, "/results/") {
				if pages++; pages == 2 {
					return errKilled
				}
			}
			return nil
		}
		if err := w.work(f); !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		w.shelf.fail = nil
		n := w.World.Asked(rt.Officer, id, register.Request{Kind: "correction", Grounds: "It is called otherwise.",
			Change: &register.Change{Names: []register.Name{{Text: "苏州虚构银河网络科技有限公司"}}}})
		w.Granted(rt.SecondDecider, id, n)
		w.finds(rt.Operator, screening.Query{Name: "虚构星河", Threshold: ptr(0.95)})
		w.build()
		other := w.another()
		other.PageSize = 2
		w.Must(other.work(f))
		var got []screening.Verdict
		for _, r := range w.results(rt.Operator, f, "", 10) {
			got = append(got, r.Verdict)
		}
		if got[0] != got[2] || got[1] != got[3] || got[0] != screening.Possible {
			t.Errorf("built %v: %v", built, got)
		}
		back := w.World.Asked(rt.Officer, id, register.Request{Kind: "correction", Grounds: "It is called so after all.",
			Change: &register.Change{Names: []register.Name{{Text: "苏州虚构星河网络科技有限公司"}}}})
		w.Granted(rt.SecondDecider, id, back)
	}
}

// Killed at any of its writes, a file is looked up to its end by whoever comes next, and its results are the same.
func TestAWorkerIsKilledAnywhere(t *testing.T) {
	w := newWorld(t)
	w.published(1, "苏州虚构星河网络科技有限公司")
	w.build()
	var file strings.Builder
	file.WriteString("reference,name\n")
	for n := range 23 {
		fmt.Fprintf(&file, "%d,%s\n", n, []string{"虚构星河", "谁也不是", "有限公司"}[n%3])
	}
	run := func(at int) (string, bool) {
		f := w.ordered(rt.Operator, screening.Order{Format: "csv"}, file.String())
		w.start(rt.Operator, f)
		calls, killed := 0, false
		fail := func() error {
			if calls++; calls == at {
				killed = true
				return errKilled
			}
			return nil
		}
		w.shelf.fail = func(call, _ string) error {
			if call == "get" {
				return nil
			}
			return fail()
		}
		worker := w.another()
		worker.PageSize = 5
		worker.Screening.Store = &records.Store{Table: killing{w.Table, fail}}
		err := worker.work(f)
		w.shelf.fail = nil
		if killed != errors.Is(err, errKilled) {
			t.Fatalf("at %d: killed %v, error %v", at, killed, err)
		}
		after := w.another()
		after.PageSize = 5
		w.Must(after.Sweep(w.Ctx(), w.Now))
		for range 2 { // doubled
			w.Must(after.work(f))
		}
		w.Must(after.Sweep(w.Ctx(), w.Now))
		if left := w.shelf.files(f); len(left) > 0 {
			t.Errorf("at %d: the file is still there", at)
		}
		if p := w.progress(rt.Operator, f); p.State != records.ScreeningClosed || p.Screened != 23 {
			t.Fatalf("at %d: %+v", at, p)
		}
		out, err := json.Marshal(w.results(rt.Operator, f, "", 7))
		w.Must(err)
		return string(out), killed
	}
	want, _ := run(0)
	rounds := 0
	for at := 1; ; at++ {
		got, killed := run(at)
		if got != want {
			t.Errorf("killed at %d: other results:\n%s\n%s", at, got, want)
		}
		if !killed {
			break
		}
		rounds++
	}
	if rounds < 10 {
		t.Errorf("only %d places to be killed at", rounds)
	}
}

// What has had its time goes: files that were never started, and results after a week.
func TestFilesAndResultsGo(t *testing.T) {
	w := newWorld(t)
	never := w.ordered(rt.Operator, screening.Order{Format: "csv"}, lines("name", "a"))
	done := w.ordered(rt.Operator, screening.Order{Format: "csv"}, lines("name", "a"))
	w.start(rt.Operator, done)
	w.Later(2)
	w.Must(w.work(done))
	w.Later(6)
	w.Must(w.Sweep(w.Ctx(), w.Now))
	if left := w.shelf.files(""); len(left) > 0 {
		t.Errorf("after eight days a file is there: %v", left)
	}
	if _, err := w.Screening.Read(w.Ctx(), rt.Operator, w.Now, never); fault.Of(err) != fault.NotFound {
		t.Errorf("the one never started: %v", err)
	}
	if r := w.results(rt.Operator, done, "", 10); len(r) != 1 {
		t.Errorf("results six days after: %v", r)
	}
	w.Later(2)
	if _, _, err := w.Results(w.Ctx(), rt.Operator, w.Now, done, "", screening.ResultPlace{}, 10); fault.Of(err) != fault.NotFound {
		t.Errorf("results after eight days, not swept yet: %v", err)
	}
	w.Must(w.Sweep(w.Ctx(), w.Now))
	if left := append(w.shelf.names("screenings/"), w.shelf.files("")...); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if ids, err := w.Screening.Store.Screenings(w.Ctx(), w.Now); err != nil || len(ids) > 0 {
		t.Errorf("left: %v, %v", ids, err)
	}
}

// The same order under one idempotency key is one screening.
func TestAnOrderIsRepeated(t *testing.T) {
	w := newWorld(t)
	call := repeat.Call{Who: rt.Operator, Now: w.Now, Once: &records.Once{Caller: "operator", Route: "POST /v1/screenings", Key: "k", Body: "b"}}
	a, err := w.Create(w.Ctx(), call, screening.Order{Format: "csv"})
	w.Must(err)
	b, err := w.Create(w.Ctx(), call, screening.Order{Format: "csv"})
	w.Must(err)
	if string(a.Body) != string(b.Body) || a.Status != 201 {
		t.Errorf("%s, then %s", a.Body, b.Body)
	}
	if !strings.Contains(string(a.Body), `"upload":{"method":"PUT","url":"http://inbox/uploads/`) {
		t.Errorf("%s", a.Body)
	}
}

// A worker leaves the rest to a message when its slice is over.
func TestSlices(t *testing.T) {
	w := newWorld(t)
	w.Slice, w.PageSize = time.Nanosecond, 1
	f := w.ordered(rt.Operator, screening.Order{Format: "csv"}, lines("name", "a", "b", "c"))
	w.start(rt.Operator, f)
	rounds := 0
	for messages := w.queue.take(screening.ScreeningQueue); len(messages) > 0; messages = w.queue.take(screening.ScreeningQueue) {
		messages = slices.Compact(messages)
		if len(messages) != 1 {
			t.Fatalf("messages %v", messages)
		}
		w.Must(w.Work(w.Ctx(), messages[0], w.Now))
		if rounds++; rounds > 20 {
			t.Fatal("it never ends")
		}
	}
	if p := w.progress(rt.Operator, f); p.State != records.ScreeningClosed || p.Screened != 3 || rounds != 3 {
		t.Errorf("%+v after %d rounds", p, rounds)
	}
}
