package supervision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/compliance"
	"shixin/shared/compliance/risk"
	"shixin/shared/keys"
	"shixin/shared/records"
	"shixin/shared/subject"
)

// vault is what of a registration must not be read without its key: the contact, and the names of parties that may be persons, by
// their place. It lies sealed in the enterprise's own item.
type vault struct {
	Contact *Contact       `json:"contact,omitempty"`
	Names   map[int]string `json:"names,omitempty"`
}

func bound(uscc string) []byte { return []byte("enterprise " + uscc) }

func (s *Supervision) open(ctx context.Context, r compliance.Registration) (vault, error) {
	var v vault
	if r.Sealed == nil {
		return v, nil
	}
	plain, err := s.Seal.Open(ctx, r.Sealed, bound(r.USCC))
	if err != nil {
		return v, fmt.Errorf("supervision: the sealed part of an enterprise: %w", err)
	}
	return v, json.Unmarshal(plain, &v)
}

// Persons is the names of the parties of a registration that may be persons.
func (s *Supervision) Persons(ctx context.Context, r compliance.Registration) ([]string, error) {
	v, err := s.open(ctx, r)
	return slices.Collect(maps.Values(v.Names)), err
}

func (s *Supervision) seal(ctx context.Context, uscc string, v vault) ([]byte, error) {
	if v.Contact == nil && len(v.Names) == 0 {
		return nil, nil
	}
	return s.Seal.Seal(ctx, encode(v), bound(uscc))
}

// EnterpriseView is an enterprise as the API shows it. Personal identifiers are masked for everybody: nothing else of them is stored.
type EnterpriseView struct {
	USCC      string         `json:"uscc"`
	Names     []subject.Name `json:"names"`
	Sectors   []string       `json:"sectors"`
	Region    string         `json:"region"`
	Authority string         `json:"responsible_authority"`
	Size      string         `json:"size_class"`
	Parent    *string        `json:"parent"`
	Branches  *BranchesView  `json:"branches,omitempty"` // of one enterprise that is read, not of a list
	Contact   *Contact       `json:"contact"`
	Parties   []Party        `json:"parties"`
	Version   int64          `json:"version"`
	Risk      *risk.Score    `json:"risk,omitempty"` // in the order of inspection
}

func viewEnterprise(r compliance.Registration, v vault, version int64) EnterpriseView {
	e := EnterpriseView{USCC: r.USCC, Names: r.Names, Sectors: r.Sectors, Region: r.Region, Authority: r.Authority, Size: r.Size,
		Contact: v.Contact, Parties: []Party{}, Version: version}
	if r.Parent != "" {
		e.Parent = &r.Parent
	}
	for i, p := range r.Parties {
		name := p.Name
		if name == "" {
			name = v.Names[i]
		}
		e.Parties = append(e.Parties, Party{Role: string(p.Role), Name: name, Identifier: Identifier{Scheme: string(p.Ref.Scheme), Value: p.Ref.Shown}})
	}
	return e
}

// resourceOf is an enterprise as policy sees it.
func resourceOf(who access.Principal, r compliance.Registration) policy.Resource {
	return policy.EnterpriseOf(who, r.USCC, r.Sectors, r.Region, r.Authority)
}

// Read answers with one enterprise.
func (s *Supervision) Read(ctx context.Context, who access.Principal, now time.Time, uscc string) (*Reply, error) {
	stored, err := s.Store.Enterprise(ctx, now, uscc)
	if err != nil {
		return nil, err
	}
	if stored.Version == 0 {
		return nil, notFound()
	}
	if err := s.Policy.Allow(who, "enterprise.read", resourceOf(who, stored.State)); err != nil {
		return nil, err
	}
	v, err := s.open(ctx, stored.State)
	if err != nil {
		return nil, err
	}
	view := viewEnterprise(stored.State, v, stored.Version)
	if view.Branches, err = s.branches(ctx, who, now, uscc); err != nil {
		return nil, err
	}
	return &Reply{Status: 200, Version: int(stored.Version), Body: encode(view)}, nil
}

// EnterprisePlace is where a page of the list of enterprises goes on.
type EnterprisePlace struct {
	Shard int    `json:"s"`
	After string `json:"a,omitempty"`
}

// maxScan bounds how many enterprises one page looks through for those that the caller may see.
const maxScan = 4000

// List answers a page of the enterprises that the caller may read, in the order of their shards. A page may hold fewer than the limit.
func (s *Supervision) List(ctx context.Context, who access.Principal, now time.Time, from EnterprisePlace, limit int) ([]EnterpriseView, *EnterprisePlace, error) {
	shards, err := s.Store.KnownShards(ctx, now)
	if err != nil {
		return nil, nil, err
	}
	may := s.memo(who, "enterprise.read")
	var usccs []string
	var next *EnterprisePlace
	scanned := 0
walk:
	for _, shard := range shards {
		if shard < from.Shard {
			continue
		}
		after := ""
		if shard == from.Shard {
			after = from.After
		}
		for more := true; more; {
			if scanned >= maxScan || len(usccs) == limit {
				next = &EnterprisePlace{Shard: shard, After: after}
				break walk
			}
			var all []records.Judged
			all, more, err = s.Store.Shard(ctx, now, shard, after, min(200, 2*(limit-len(usccs))), false)
			if err != nil {
				return nil, nil, err
			}
			for i, e := range all {
				after = e.USCC
				scanned++
				if e.Damaged == nil && may(e.Enterprise) {
					usccs = append(usccs, e.USCC)
				}
				if len(usccs) == limit && (more || i < len(all)-1) {
					next = &EnterprisePlace{Shard: shard, After: after}
					break walk
				}
			}
		}
	}
	views, err := s.views(ctx, now, usccs)
	return views, next, err
}

func (s *Supervision) views(ctx context.Context, now time.Time, usccs []string) ([]EnterpriseView, error) {
	stored, err := s.Store.Enterprises(ctx, now, usccs)
	if err != nil {
		return nil, err
	}
	views := make([]EnterpriseView, 0, len(stored))
	for i, e := range stored {
		var v vault
		err := e.Damaged
		if err == nil {
			v, err = s.open(ctx, e.State)
		}
		if errors.Is(err, records.ErrDamaged) || errors.Is(err, keys.ErrNotOpened) { // the others are shown all the same
			s.unreadable(ctx, usccs[i], err)
			continue
		}
		if err != nil {
			return nil, err
		}
		views = append(views, viewEnterprise(e.State, v, e.Version))
	}
	return views, nil
}

// unreadable rings for an enterprise whose stored item cannot be read, by its code, which is public.
func (s *Supervision) unreadable(ctx context.Context, uscc string, err error) {
	s.log().ErrorContext(ctx, "an enterprise cannot be read", "alarm", "isolated", "uscc", uscc, "error", err)
}

// memo asks policy once for enterprises that are alike to it.
func (s *Supervision) memo(who access.Principal, action string) func(compliance.Enterprise) bool {
	known := map[string]bool{}
	return func(e compliance.Enterprise) bool {
		key := fmt.Sprint(e.Sectors, e.Region, e.Authority)
		may, asked := known[key]
		if !asked {
			may = s.Policy.Allow(who, action, policy.EnterpriseOf(who, e.USCC, e.Sectors, e.Region, e.Authority)) == nil
			known[key] = may
		}
		return may
	}
}
