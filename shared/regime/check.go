package regime

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"shixin/shared/access"
	"shixin/shared/workday"
)

// RequestKinds lists the kinds of request. Every version has a rule for each, if only to say that it is closed.
func RequestKinds() []string {
	return []string{"appeal", "repair", "correction", "revocation", "unpublication", "stay", "identity", "reinstatement"}
}

// Check reports everything in which the library contradicts itself, one line each.
func (l Library) Check() error {
	var errs []error
	seen := map[string]bool{}
	for _, r := range l.Regimes {
		if seen[r.ID] {
			errs = append(errs, fmt.Errorf("%s: the id is used twice", r.ID))
		}
		seen[r.ID] = true
		errs = append(errs, r.Check())
	}
	return errors.Join(errs...)
}

// Check reports everything in which the regime contradicts itself, one line each, with the place and how to mend it:
// what does not exist, what does not fit together, and law that is claimed beyond what its source supports.
func (r Regime) Check() error {
	c := &checker{at: []string{r.ID}}
	c.id("id", r.ID)
	c.text("name", r.Name)
	c.must(len(r.Versions) > 0, "versions", "is empty: a regime has at least one version")
	for i := range r.Versions {
		v := &r.Versions[i]
		c.in(v.Version, func() {
			c.must(v.Regime == r.ID, "regime", "is not the regime's id")
			c.version(v)
			if i == 0 {
				return
			}
			before := r.Versions[i-1]
			if before.From == v.From {
				// A corrected transcription: listings made under the wrong one keep it, all others get this one.
				c.must(before.Version < v.Version, "version", "does not follow the one that it corrects")
				c.must(before.To == v.To, "to", "is not that of the version it corrects")
				return
			}
			c.must(before.From < v.From, "from", "is before that of the version before: versions ascend")
			c.must(before.To != "" && before.To < v.From, "from", "lies within the version before: end that one first")
		})
	}
	return errors.Join(c.errs...)
}

// checker collects what is wrong, and where.
type checker struct {
	at   []string
	errs []error
}

func (c *checker) in(part string, check func()) {
	c.at = append(c.at, part)
	check()
	c.at = c.at[:len(c.at)-1]
}

func (c *checker) must(ok bool, field, complaint string) {
	if !ok {
		c.errs = append(c.errs, fmt.Errorf("%s/%s: %s", strings.Join(c.at, "/"), field, complaint))
	}
}

func (c *checker) id(field, id string) {
	c.must(len(id) <= 40 && hyphenated(id), field, "is not of the form lower-case-with-hyphens, at most 40 characters")
}

// hyphenated reports whether an id is words of small letters and digits with single hyphens between. A pattern for it would be compiled at
// the start of every function, and only this check needs it.
func hyphenated(id string) bool {
	for word := range strings.SplitSeq(id, "-") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}

func (c *checker) text(field string, t Text) {
	c.must(has(t.Zh, unicode.Han), field, "has no Chinese text")
	c.must(has(t.En, unicode.Latin), field, "has no English text")
}

func has(s string, script *unicode.RangeTable) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(script, r) })
}

func (c *checker) oneOf(field, value string, among ...string) {
	c.must(slices.Contains(among, value), field, fmt.Sprintf("%q is not one of %s", value, strings.Join(among, ", ")))
}

// someOf checks a list that names each of its values once.
func (c *checker) someOf(field string, values []string, among ...string) {
	for i, v := range values {
		c.oneOf(field, v, among...)
		c.must(!slices.Contains(values[:i], v), field, fmt.Sprintf("%q stands twice", v))
	}
}

func (c *checker) day(field string, d workday.Day) {
	_, err := workday.ParseDay(string(d))
	c.must(err == nil, field, "is not a day of the form YYYY-MM-DD")
}

func (c *checker) span(from, to workday.Day) {
	c.day("from", from)
	if to != "" {
		c.day("to", to)
		c.must(from <= to, "to", "is before from")
	}
}

// term checks a length that needs no calendar.
func (c *checker) term(field string, p Period) {
	c.period(field, p)
	c.must(p.WorkingDays == 0, field, "is in working days: terms are days, months or years, which need no calendar")
}

func (c *checker) period(field string, p Period) {
	parts, set := []int{p.WorkingDays, p.Days, p.Months, p.Years}, 0
	limits := []int{250, 3660, 1200, 100}
	for i, n := range parts {
		c.must(n >= 0 && n <= limits[i], field, fmt.Sprintf("%d is out of bounds", n))
		if n != 0 {
			set++
		}
	}
	c.must(set == 1, field, "set exactly one of working_days, days, months, years; what the law does not state is null")
}

// number checks the source of something that the law has to state: what was not found cannot be applied.
func (c *checker) number(s Source) {
	c.must(s.Confidence != NotFound, "source", "X says that it was not found, but it is set")
}

func (c *checker) sources(v *Version) {
	for _, s := range v.Sources() {
		field := s.Where + "/source"
		c.must(s.Cite != "" && len(s.Cite) <= 600, field, "cite is empty or longer than 600 bytes")
		c.must(s.Cite == "" || bilingual(s.Cite), field, "cite is not in both languages")
		c.must(s.Note == "" || bilingual(s.Note), field, "note is not in both languages")
		c.oneOf(field, string(s.Confidence), string(Official), string(Partial), string(Memory), string(NotFound), string(Technical))
		c.must(!s.Verified || s.Confidence == Official, field, "verified without having been read in the official text: only S can be")
		c.must(s.Note != "" || s.Confidence != NotFound && s.Confidence != Technical, field, "a note must say what was not found, or why it was chosen")
	}
}

func bilingual(s string) bool { return has(s, unicode.Han) && has(s, unicode.Latin) }

func (c *checker) version(v *Version) {
	n, corrected := strings.CutPrefix(v.Version, string(v.From)+".")
	c.must(v.Version == string(v.From) || corrected && len(n) == 1 && n >= "1" && n <= "9", "version", "is not the day from, or that with .1 to .9 for a corrected transcription")
	c.text("name", v.Name)
	c.span(v.From, v.To)
	c.someOf("sectors", v.Sectors, "telecom", "finance", "internet")
	c.sources(v)
	c.in("version", func() { c.number(v.Source) })
	c.in("statement", func() { c.clock(v.Statement, []string{"statements"}, []string{"notice"}) })
	c.clocks(v.Clocks, []string{"decision", "publication", "service"}, []string{"proposal", "notice", "decision"})
	if v.Consent != nil {
		c.in("consent", func() {
			c.number(v.Consent.Source)
			c.must(len(v.Consent.For) > 0, "for", "is empty: name the levels, or make consent null")
			for i, l := range v.Consent.For {
				c.must(l.Rank() > 0 && l != access.National, "for", fmt.Sprintf("%q is not a level with one above it", l))
				c.must(!slices.Contains(v.Consent.For[:i], l), "for", fmt.Sprintf("%q stands twice", l))
			}
		})
	}
	if v.Cap != nil {
		c.in("cap", func() { c.term("length", v.Cap.Length); c.number(v.Cap.Source) })
	}
	c.measures(v)
	c.grounds(v)
	c.requests(v)
	if v.Mirror {
		c.must(v.Consent == nil && v.Cap == nil && len(v.Measures) == 0, "mirror", "a mirror of other lists has no consent, cap and measures")
	}
}

// clocks checks those of a version or a request.
func (c *checker) clocks(clocks []Clock, steps, after []string) {
	seen := map[string]bool{}
	for _, k := range clocks {
		c.in("clocks/"+k.Step, func() {
			c.must(!seen[k.Step+" "+k.After], "step", "has two clocks after the same step")
			seen[k.Step+" "+k.After] = true
			c.clock(k, steps, after)
		})
	}
}

func (c *checker) clock(k Clock, steps, after []string) {
	c.oneOf("step", k.Step, steps...)
	c.oneOf("after", k.After, after...)
	c.must(k.Step != k.After, "after", "a step cannot be due after itself")
	if k.Within != nil {
		c.period("within", *k.Within)
		c.number(k.Source)
		return
	}
	c.must(k.Source.Confidence != Partial && k.Source.Confidence != Memory, "source",
		"the clock is unset: X says that it was not found, S that the law states none, T that this register has none")
}
