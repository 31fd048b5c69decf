package supervision

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/subject"
)

// Name is one name of an enterprise as callers write it: an object, or its text alone.
type Name struct {
	Text string `json:"text"`
	Lang string `json:"lang,omitempty"` // BCP 47
}

// Plain takes the text that stands for the whole name.
func (n *Name) Plain(text string) { n.Text = text }

// Contact is how an enterprise is reached. It alone is the enterprise's own to change.
type Contact struct {
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Email   string `json:"email,omitempty"`
}

// Identifier is one identifier as callers write it.
type Identifier struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
}

// Party is somebody an enterprise has to do with, as callers write it. The value of a personal identifier may be the mask under which it
// was shown, which stands for the one that is stored.
type Party struct {
	Role       string     `json:"role"`
	Name       string     `json:"name"`
	Identifier Identifier `json:"identifier"`
}

// Enterprise is the body of PUT /v1/enterprises/{uscc}.
type Enterprise struct {
	Names     []Name   `json:"names,omitempty"`
	Sectors   []string `json:"sectors,omitempty"`
	Region    string   `json:"region,omitempty"`
	Authority string   `json:"responsible_authority,omitempty"`
	Size      string   `json:"size_class,omitempty"`
	Parent    *string  `json:"parent,omitempty"`
	Contact   *Contact `json:"contact,omitempty"`
	Parties   []Party  `json:"parties,omitempty"`
}

var (
	sectors = []string{"telecom", "finance", "internet"}
	sizes   = []string{"micro", "small", "medium", "large"}
	roles   = []compliance.Role{compliance.LegalRepresentative, compliance.Shareholder, compliance.BeneficialOwner,
		compliance.ResponsiblePerson, compliance.Supplier, compliance.Other}
)

// ParseUSCC reads an enterprise's code to its normal form.
func ParseUSCC(value string) (string, error) {
	id, err := subject.Parse(string(subject.USCC), value)
	return id.Value, err
}

// check names everything that is wrong with a whole registration, whatever is stored.
func (e *Enterprise) check(uscc string) error {
	var w fault.Wrong
	if len(e.Names) < 1 || len(e.Names) > subject.MaxNames {
		w.Add("/names", fmt.Sprintf("1 to %d names", subject.MaxNames), "名称应为 1 至 200 个")
	}
	for i, n := range e.Names {
		w.Err(fmt.Sprintf("/names/%d/text", i), subject.CheckName(n.Text))
		w.Err(fmt.Sprintf("/names/%d/lang", i), subject.CheckLang(n.Lang))
	}
	if len(e.Sectors) < 1 || len(e.Sectors) > compliance.MaxSectors {
		w.Add("/sectors", "1 to 3 of "+strings.Join(sectors, ", "), "行业应为 1 至 3 个")
	}
	for i, s := range e.Sectors {
		if !slices.Contains(sectors, s) || slices.Contains(e.Sectors[:i], s) {
			w.Add(fmt.Sprintf("/sectors/%d", i), "must be one of "+strings.Join(sectors, ", ")+", each once", "须为 telecom、finance、internet 之一,且不得重复")
		}
	}
	if !isRegion(e.Region) {
		w.Add("/region", "must be a region of GB/T 2260: six digits, for example 320500", "须为 GB/T 2260 行政区划代码,六位数字")
	}
	if !slices.Contains(sizes, e.Size) {
		w.Add("/size_class", "must be one of "+strings.Join(sizes, ", "), "须为 micro、small、medium、large 之一")
	}
	if e.Authority != "" {
		w.Err("/responsible_authority", subject.CheckText(e.Authority, 100))
	}
	if e.Parent != nil {
		parent, err := ParseUSCC(*e.Parent)
		w.Err("/parent", err)
		if err == nil && parent == uscc {
			w.Add("/parent", "must be another enterprise", "不得为本企业")
		}
	}
	e.Contact.check(&w)
	if len(e.Parties) > compliance.MaxParties {
		w.Add("/parties", fmt.Sprintf("at most %d parties", compliance.MaxParties), "关联方最多 200 个")
		e.Parties = e.Parties[:compliance.MaxParties]
	}
	for i, p := range e.Parties {
		p.check(fmt.Sprintf("/parties/%d", i), &w)
	}
	return w.Fault()
}

func (c *Contact) check(w *fault.Wrong) {
	if c == nil {
		return
	}
	for _, f := range []struct {
		name, text string
		most       int
	}{{"address", c.Address, 300}, {"phone", c.Phone, 50}, {"email", c.Email, 254}} {
		if f.text != "" {
			w.Err("/contact/"+f.name, subject.CheckText(f.text, f.most))
		}
		if strings.ContainsAny(f.text, "\r\n\t") {
			w.Add("/contact/"+f.name, "must be one line", "须为单行文本")
		}
	}
	if at := strings.IndexByte(c.Email, '@'); c.Email != "" && (at < 1 || at == len(c.Email)-1 || strings.ContainsAny(c.Email, " \u3000")) {
		w.Add("/contact/email", "must be an address with one @", "须为电子邮箱地址")
	}
}

func (p *Party) check(at string, w *fault.Wrong) {
	if !slices.Contains(roles, compliance.Role(p.Role)) {
		var names []string
		for _, r := range roles {
			names = append(names, string(r))
		}
		w.Add(at+"/role", "must be one of "+strings.Join(names, ", "), "角色不在允许范围内")
	}
	w.Err(at+"/name", subject.CheckName(p.Name))
	if p.masked() {
		return
	}
	_, err := subject.Parse(p.Identifier.Scheme, p.Identifier.Value)
	if _, unknown := errors.AsType[*subject.UnknownScheme](err); unknown {
		w.Err(at+"/identifier/scheme", err)
		return
	}
	w.Err(at+"/identifier/value", err)
}

// masked reports whether the identifier is given as it was shown. No normal value of a personal scheme has an asterisk in it
// but an internet account's, which then is a mask only if one is stored.
func (p *Party) masked() bool {
	scheme := subject.Scheme(p.Identifier.Scheme)
	return scheme.Known() && scheme.Personal() && strings.Contains(p.Identifier.Value, "*")
}

// provinces are the first two digits of GB/T 2260.
const provinces = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82"

// isRegion reports whether a code is of the form of GB/T 2260: the nation, or a province with or without a city and a county.
func isRegion(code string) bool {
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return false
	}
	if code == "000000" {
		return true
	}
	return slices.Contains(strings.Fields(provinces), code[:2]) && (code[2:4] != "00" || code[4:] == "00")
}
