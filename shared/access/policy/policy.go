// Package policy provides the answers of the Cedar policies in infra/policies.
//
// Two questions are asked. [Engine.Role] asks before anything is read: may this role ever make this call? Its resource
// is Call::"any". [Engine.Allow] asks of one record. Policies speak of
//
//	Caller      in its Role; authority, level (1 county to 4 nation, 0 none), region, sectors
//	Role        officer and decider in authority; enterprise and person in subject; all with a token in signed-in
//	Region      six digits of GB/T 2260, a county in its city in its province in 000000
//	Listing     authority, level, region, sectors, needs, own, noticed, published
//	Action      authority, level, region, sectors, own, noticed, published
//	Import      authority, level, region, sectors, needs
//	Enterprise  authority, region, sectors, own
//	Audit       authority, region
//	RulePack    sectors; all of them where it names none
//	Status      own, purpose, reference
//
// Each entity has all its attributes, so a policy that errs is a mistake in the policy. Cedar skips such a policy, and a
// forbid that is skipped forbids nothing; so any error is a refusal here, and an alarm.
package policy

import (
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"shixin/shared/access"
	"shixin/shared/fault"
)

// Kind is what a record is.
type Kind string

// The kinds of record that policies speak of.
const (
	Listing    Kind = "Listing"
	Import     Kind = "Import"
	Action     Kind = "Action"
	Enterprise Kind = "Enterprise"
	Audit      Kind = "Audit"
	RulePack   Kind = "RulePack"
	Status     Kind = "Status"

	call Kind = "Call" // no record: the call itself
)

// Resource is a record as policies see it. Fields without a meaning for its kind stay zero.
type Resource struct {
	Kind      Kind
	Authority string       // whose it is: a listing's or import's authority, an enterprise's responsible one
	Level     access.Level // that authority's level
	Region    string       // that authority's region; an enterprise's own; the one of an audit's scope, "000000" for all
	Sectors   []string     // of the listing's regime or of the enterprise; empty means all
	Rank      int          // the lowest level that may decide (access.Level.Rank); 0 is any
	Own       bool         // it is about the caller
	Noticed   bool         // notice of the listing or the action has been served at some time
	Published bool         // it is shown in public at this moment
	Purpose   bool         // with Status: the call names its purpose
	Reference bool         // with Status: the call names the caller's own reference
	New       bool         // it does not exist yet, so there is nothing to hide: a refusal is fault.Forbidden
}

// EnterpriseOf is an enterprise as a resource: the caller's own where the caller is it.
func EnterpriseOf(who access.Principal, uscc string, sectors []string, region, authority string) Resource {
	return Resource{Kind: Enterprise, Authority: authority, Region: region, Sectors: sectors, Own: who.Role == access.Enterprise && who.USCC == uscc}
}

// Engine evaluates policies. It is safe for concurrent use.
type Engine struct {
	log   *slog.Logger
	parse func() (index, error)
}

// New makes an engine of the *.cedar files of a folder. They are parsed at the first question; if that fails, every
// question fails. Log takes the alarms; slog.Default when nil.
func New(files fs.FS, log *slog.Logger) *Engine {
	if log == nil {
		log = slog.Default()
	}
	return &Engine{log: log, parse: sync.OnceValues(func() (index, error) { return load(files) })}
}

// Role refuses a call that the caller's role may never make: fault.Forbidden.
func (e *Engine) Role(p access.Principal, action string) error {
	ok, err := e.ask(newWorld(p, Resource{Kind: call}), action)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Forbidden, "this role may not make this call", "该角色无权调用此接口")
	}
	return nil
}

// Allow refuses an action on a record: fault.NotFound where the caller may not read the record either, else
// fault.Forbidden.
func (e *Engine) Allow(p access.Principal, action string, r Resource) error {
	w := newWorld(p, r)
	ok, err := e.ask(w, action)
	if ok || err != nil {
		return err
	}
	if read := reading(r.Kind); read != "" && !r.New {
		seen := false
		if action != read {
			if seen, err = e.ask(w, read); err != nil {
				return err
			}
		}
		if !seen {
			return fault.New(fault.NotFound, "there is no such record", "没有该记录")
		}
	}
	return fault.New(fault.Forbidden,
		"this step is for another role, level, region or sector", "该步骤须由其他角色、级别、地区或行业的人员办理")
}

// reading is the action that decides whether records of a kind are seen. Status has none: nothing of it is hidden by
// its absence.
func reading(k Kind) string {
	switch k {
	case Listing:
		return "listing.read"
	case Import:
		return "import.read"
	case Action:
		return "action.read"
	case Enterprise:
		return "enterprise.read"
	case Audit:
		return "audit.read"
	}
	return ""
}

// ask evaluates the policies of one action.
func (e *Engine) ask(w *world, action string) (bool, error) {
	policies, err := e.parse()
	if err != nil {
		return false, fmt.Errorf("policy: %w", err)
	}
	decision, diagnostic := cedar.Authorize(policies[action], w, cedar.Request{
		Principal: w.caller.UID,
		Action:    cedar.NewEntityUID("Action", types.String(action)),
		Resource:  w.record.UID,
	})
	for _, d := range diagnostic.Errors {
		e.log.Error("policy failed", "alarm", "policy", "policy", string(d.PolicyID), "action", action, "error", d.Message)
	}
	return decision == cedar.Allow && len(diagnostic.Errors) == 0, nil
}

// index holds the policies by the action that their scope names.
type index map[string]cedar.PolicyMap

// load parses all files. A policy names its actions in its scope, so that a question evaluates only its own.
func load(files fs.FS) (index, error) {
	names, err := fs.Glob(files, "*.cedar")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("there are no policies")
	}
	all := index{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		list, err := cedar.NewPolicyListFromBytes(name, text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, p := range list {
			line := p.Position().Line
			actions := actions(p)
			if len(actions) == 0 {
				return nil, fmt.Errorf("%s:%d: a policy must name its actions", name, line)
			}
			for _, a := range actions {
				if all[a] == nil {
					all[a] = cedar.PolicyMap{}
				}
				all[a][cedar.PolicyID(fmt.Sprintf("%s:%d", name, line))] = p
			}
		}
	}
	return all, nil
}

// Actions lists the actions that some policy permits, in order.
func (e *Engine) Actions() ([]string, error) {
	policies, err := e.parse()
	if err != nil {
		return nil, err
	}
	var permitted []string
	for action, list := range policies {
		for _, p := range list {
			if p.Effect() == cedar.Permit {
				permitted = append(permitted, action)
				break
			}
		}
	}
	slices.SortFunc(permitted, strings.Compare)
	return permitted, nil
}
