package register

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"shixin/shared/fault"
	"shixin/shared/keys"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/sealedtext"
	"shixin/shared/squeeze"
	"shixin/shared/subject"
)

// vault is everything about one listing that must not be read without its keys: the texts that events only commit to, the
// identifiers that elsewhere are keyed hashes, and the salts of its journal leaves. It lies in one item; deleting that item is erasure.
type vault struct {
	Texts  sealedtext.Vault  `json:"texts,omitempty"`
	Values map[string]string `json:"values,omitempty"` // subject.Ref.ID -> normal value
	Salts  map[int64][]byte  `json:"salts,omitempty"`  // journal number -> salt of its leaf
	Used   map[side]used     `json:"used,omitempty"`

	added   sealedtext.Vault // texts of this step
	damaged bool             // it stands for one that does not open
}

func newVault() *vault {
	return &vault{Texts: sealedtext.Vault{}, Values: map[string]string{}, Salts: map[int64][]byte{}, Used: map[side]used{}, added: sealedtext.Vault{}}
}

// put keeps a text and returns the commitment to it.
func (v *vault) put(text string) listing.Text {
	if text == "" {
		return ""
	}
	t := v.Texts.Put(text)
	v.added[t] = v.Texts[t]
	return t
}

// text is what a commitment stands for; after erasure it is only the commitment, and of a damaged vault it says so.
func (v *vault) text(t listing.Text) string {
	if v.damaged && t != "" {
		return lostText
	}
	return v.Texts.Text(t)
}

// lostText stands where a text cannot be read any more.
const lostText = "[damaged · 已损坏]"

// name is a subject's name in clear.
func (v *vault) name(n listing.Name) string {
	if n.Sealed != "" {
		return v.text(n.Sealed)
	}
	return n.Text
}

// ref keeps a personal identifier's value and returns what stands for it elsewhere.
func (v *vault) ref(ctx context.Context, h keys.Hasher, id subject.Identifier) (subject.Ref, error) {
	if id.Scheme.Public() {
		return id.Ref(""), nil
	}
	hash, err := h.Hash(ctx, id.Normal())
	if err != nil {
		return subject.Ref{}, err
	}
	r := id.Ref(hash)
	v.Values[r.ID()] = id.Value
	return r, nil
}

// evidence keeps the titles of documents.
func (v *vault) evidence(in []Evidence) []listing.Evidence {
	var out []listing.Evidence
	for _, e := range in {
		out = append(out, listing.Evidence{Title: v.put(e.Title), SHA256: e.SHA256})
	}
	return out
}

// texts keeps several texts.
func (v *vault) texts(in []string) []listing.Text {
	var out []listing.Text
	for _, t := range in {
		out = append(out, v.put(t))
	}
	return out
}

// names keeps the names of a person; an organisation's are public.
func (v *vault) names(in []Name, kind subject.Kind) []listing.Name {
	var out []listing.Name
	for _, n := range in {
		name := listing.Name{Text: n.Text, Lang: n.Lang}
		if kind == subject.Person {
			name.Text, name.Sealed = "", v.put(n.Text)
		}
		out = append(out, name)
	}
	return out
}

func (v *vault) receipt(e *Evidence) *listing.Evidence {
	if e == nil {
		return nil
	}
	return &v.evidence([]Evidence{*e})[0]
}

func (v *vault) conviction(c *Conviction) *listing.Conviction {
	return &listing.Conviction{Document: v.put(c.Document), OffenceOn: c.OffenceOn, SentenceMonths: *c.SentenceMonths}
}

func vaultBound(id string) []byte { return []byte("listing " + id) }

// seal closes the vault for storing after a step, unless it has no room for what the step adds.
func (v *vault) seal(ctx context.Context, s keys.Sealer, id string, step listing.Event) ([]byte, error) {
	closed := *v
	if len(v.added) > 0 {
		added := used{}
		for _, t := range v.added {
			added.Plain += len(t.Text)
		}
		added.Sealed = len(squeeze.Pack(encodeJSON(v.added)))
		var err error
		if closed.Used, err = charge(v.Used, step, added); err != nil {
			return nil, err
		}
	}
	sealed, err := s.Seal(ctx, squeeze.Pack(encodeJSON(&closed)), vaultBound(id))
	if err == nil && len(sealed) > mostItem {
		err = records.TooLarge()
	}
	return sealed, err
}

// fits refuses a proposal that will find no room, without storing it.
func (v *vault) fits(ctx context.Context, s keys.Sealer, events []listing.Event) error {
	plain := 0
	for _, t := range v.added {
		plain += len(t.Text)
	}
	l, err := listing.Fold(listing.Listing{}, events...)
	if err != nil {
		return err
	}
	for _, n := range l.Content.Subject.Names {
		plain += len(n.Text)
	}
	if plain < 4<<10 {
		return nil
	}
	last := events[len(events)-1]
	if err := checkState(last, &l, len(encodeJSON(&l))); err != nil {
		return err
	}
	_, err = v.seal(ctx, s, l.ID, last)
	return err
}

// ErrDamaged is wrapped where the sealed part of one listing is not what was stored. Reading it again cannot help, and it says nothing about
// any other listing: whoever reads many goes on without it, and says so.
var ErrDamaged = errors.New("register: the sealed part of a listing is damaged")

// openVault opens a stored vault; an erased one is empty.
func openVault(ctx context.Context, s keys.Sealer, id string, sealed []byte) (*vault, error) {
	v := newVault()
	if sealed == nil {
		return v, nil
	}
	plain, err := s.Open(ctx, sealed, vaultBound(id))
	if err != nil && !errors.Is(err, keys.ErrNotOpened) {
		return nil, fmt.Errorf("register: the sealed part of listing %s: %w", id, err)
	}
	if err == nil {
		plain, err = squeeze.Unpack(plain)
	}
	if err == nil {
		err = decodeJSON(plain, v)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, id, err)
	}
	return v, nil
}

// shownVault opens a stored vault for reading. One that is damaged rings, and is shown as such: it must keep no other listing from being seen.
func (r *Register) shownVault(ctx context.Context, stored *records.Listing) (*vault, error) {
	v, err := openVault(ctx, r.Seal, stored.State.ID, stored.Sealed)
	if !errors.Is(err, ErrDamaged) {
		return v, err
	}
	r.ring(ctx, stored.State.ID, err)
	v = newVault()
	v.damaged = true
	return v, nil
}

// wholeVault opens a stored vault for a step. None is taken on one that is damaged: what it held would be lost for good.
func (r *Register) wholeVault(ctx context.Context, stored *records.Listing) (*vault, error) {
	v, err := openVault(ctx, r.Seal, stored.State.ID, stored.Sealed)
	if errors.Is(err, ErrDamaged) {
		r.ring(ctx, stored.State.ID, err)
		return nil, damaged()
	}
	return v, err
}

func (r *Register) ring(ctx context.Context, id string, err error) {
	log := r.Log
	if log == nil {
		log = slog.Default()
	}
	log.ErrorContext(ctx, "the sealed part of a listing does not open; restore its item from a backup", "alarm", "damaged", "listing", id, "error", err)
}

func damaged() *fault.Fault {
	f := fault.New(fault.Unavailable, "the sealed texts of this listing do not open; no step is taken until they are restored from a backup",
		"该名单的密封内容无法读取,从备份恢复之前不能办理任何步骤")
	f.RetryAfter = time.Hour
	return f
}

// Salts opens the salts of a listing's journal leaves, by the numbers of their entries: for those who check the journal.
func Salts(ctx context.Context, s keys.Sealer, l records.Listing) (map[int64][]byte, error) {
	v, err := openVault(ctx, s, l.State.ID, l.Sealed)
	if err != nil {
		return nil, err
	}
	return v.Salts, nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic(err) // the system has no randomness
	}
	return b
}

func encodeJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("register: plain data: " + err.Error())
	}
	return b
}

func decodeJSON(b []byte, v any) error { return json.Unmarshal(b, v) }
