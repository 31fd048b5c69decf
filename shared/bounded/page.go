// Package bounded provides pages of items that keep within what a function may return.
package bounded

import "encoding/json"

// Most is how many bytes of items a page may have. A page has at least one item, however large.
const Most = 3 << 20

// Page collects items up to a number and up to [Most] bytes.
type Page struct {
	Items []json.RawMessage
	limit int
	size  int
}

// NewPage makes a page of at most limit items.
func NewPage(limit int) *Page { return &Page{Items: []json.RawMessage{}, limit: limit} }

// Full reports whether the page has as many items as it may.
func (p *Page) Full() bool { return len(p.Items) == p.limit }

// Add takes an item unless the page is full, and reports whether it did. What is added must have a JSON form.
func (p *Page) Add(v any) bool {
	b, err := json.Marshal(v)
	if err != nil {
		panic("bounded: plain data: " + err.Error())
	}
	if p.Full() || len(p.Items) > 0 && p.size+len(b) > Most {
		return false
	}
	p.Items = append(p.Items, b)
	p.size += len(b)
	return true
}
