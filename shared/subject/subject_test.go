package subject

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"shixin/shared/fault"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		scheme         Scheme
		in, want, mask string // an empty want is a refusal
	}{
		{USCC, "91350100M000100Y43", "91350100M000100Y43", "91350100M000100Y43"},
		{USCC, " 9135 0100-m000100y43\u200b", "91350100M000100Y43", "91350100M000100Y43"},
		{USCC, "91350100M000100Y43", "91350100M000100Y43", "91350100M000100Y43"},
		{USCC, "91350100M000100Y44", "", ""},
		{USCC, "91350100M000100Z43", "", ""},
		{USCC, "91350100M000100Y4", "", ""},
		{CNID, "11010519491231002X", "11010519491231002X", "110*************2X"},
		{CNID, "110105 19491231 002x", "11010519491231002X", "110*************2X"},
		{CNID, "440524188001010014", "440524188001010014", "440*************14"},
		{CNID, "110105491231002", "11010519491231002X", "110*************2X"},
		{CNID, "110105194912310021", "", ""},
		{CNID, "110105194902300025", "", ""}, // 30 February
		{CNID, "110105490230002", "", ""},
		{CNID, "11010519491231002", "", ""},
		{LEI, "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R12"},
		{LEI, "hwuPKR0MPOU8FGXBT394", "HWUPKR0MPOU8FGXBT394", "HWUPKR0MPOU8FGXBT394"},
		{LEI, "5493001KJTIIGC8Y1R21", "", ""},
		{Passport, "e 12345678", "E12345678", "E1*****78"},
		{Passport, "ABCDEF", "", ""},
		{Passport, "E123", "", ""},
		{MSISDN, "+86 138-0013-8000", "13800138000", "138******00"},
		{MSISDN, "008613800138000", "13800138000", "138******00"},
		{MSISDN, "8613800138000", "13800138000", "138******00"},
		{MSISDN, "013800138000", "13800138000", "138******00"},
		{MSISDN, "13800138000", "13800138000", "138******00"},
		{MSISDN, "(010) 6655 1234", "01066551234", "010******34"},
		{MSISDN, "+86 10 6655 1234", "01066551234", "010******34"},
		{MSISDN, "+86 755 8655 1234", "075586551234", "075*******34"},
		{MSISDN, "0594-2655123", "05942655123", "059******23"},
		{MSISDN, "+852 5123 4567", "+85251234567", "+85*******67"},
		{MSISDN, "00 44 20 7946 0000", "+442079460000", "+44********00"},
		{MSISDN, "12800138000", "", ""},
		{MSISDN, "1380013800", "", ""},
		{MSISDN, "+86 12345", "", ""},
		{MSISDN, "+86", "", ""},
		{MSISDN, "0106655123", "", ""},
		{MSISDN, "13800138000a", "", ""},
		{BankAccount, "6222 0202 0011 2230 05", "", ""},
		{BankAccount, "6225 8800 0000 0002", "", ""},
		{BankAccount, "6225-8800-0000-0001", "6225880000000001", "622***********01"},
		{BankAccount, "0200001234567890123", "0200001234567890123", "020**************23"},
		{BankAccount, "nra12345678", "NRA12345678", "NRA******78"},
		{BankAccount, "1234567", "", ""},
		{BankAccount, strings.Repeat("1", 33), "", ""},
		{BankAccount, "AB12345678", "", ""},
		{PaymentAccount, " alipay : Foo@Example.com", "alipay:Foo@Example.com", "ali*****************om"},
		{PaymentAccount, "wxid_8f", "wxid_8f", "wx****f"},
		{PaymentAccount, "alipay:", "", ""},
		{PaymentAccount, "a", "", ""},
		{InternetAccount, "微博:某某 账号", "微博:某某 账号", "微博****账号"},
		{InternetAccount, strings.Repeat("x", 129), "", ""},
		{InternetAccount, "a\x00b", "", ""},
		{InternetAccount, "a\xffb", "", ""},
		{IoTCard, "1064812345678", "1064812345678", "106********78"},
		{IoTCard, "+86 14400 1234 5678", "1440012345678", "144********78"},
		{IoTCard, "898600D0123456789012", "898600D0123456789012", "898***************12"},
		{IoTCard, "8944500102198304826F", "8944500102198304826", "894**************26"},
		{IoTCard, "13800138000", "", ""},
		{IoTCard, "898600G0123456789012", "", ""},
		{SMSPort, "1069 0123 456", "10690123456", "106******56"},
		{SMSPort, "95588", "95588", "9***8"},
		{SMSPort, "1069", "", ""},
		{SMSPort, "13800138000", "", ""},
		{ListRef, "ofac:2674", "ofac:2674", "ofac:2674"},
		{ListRef, "eu-fsf:EU.1_a-B", "eu-fsf:EU.1_a-B", "eu-fsf:EU.1_a-B"},
		{ListRef, "OFAC:2674", "", ""},
		{ListRef, "ofac:26/74", "", ""},
		{ListRef, "ofac", "", ""},
		{ListRef, "ofac:", "", ""},
		{ListRef, ":1", "", ""},
	} {
		t.Run(string(c.scheme)+" "+c.in, func(t *testing.T) {
			got, err := Parse(string(c.scheme), c.in)
			if c.want == "" {
				var m *Malformed
				if !errors.As(err, &m) || m.Scheme != c.scheme || m.EN == "" || m.ZH == "" || !errors.Is(err, fault.Invalid) {
					t.Fatalf("got %q and the error %v", got.Value, err)
				}
				return
			}
			if err != nil || got.Scheme != c.scheme || got.Value != c.want {
				t.Fatalf("got %q, %v; want %q", got.Value, err, c.want)
			}
			if m := got.Masked(); m != c.mask {
				t.Errorf("mask %q, want %q", m, c.mask)
			}
		})
	}
}

// These bytes are hashed into the keys of stored items. If this test fails, the code is wrong, not the test.
func TestNormalIsFrozen(t *testing.T) {
	for _, c := range []struct{ scheme, in, want string }{
		{"uscc", "91350100m000100y43", "uscc\x0091350100M000100Y43"},
		{"cn-id", "110105491231002", "cn-id\x0011010519491231002X"},
		{"passport", "e 1234-5678", "passport\x00E12345678"},
		{"lei", "5493 001kjtiigc8y1r12", "lei\x005493001KJTIIGC8Y1R12"},
		{"msisdn", "+86 138 0013 8000", "msisdn\x0013800138000"},
		{"msisdn", "+86 (10) 6655 1234", "msisdn\x0001066551234"},
		{"msisdn", "00852 5123 4567", "msisdn\x00+85251234567"},
		{"bank-account", "6225 8800 0000 0001", "bank-account\x006225880000000001"},
		{"bank-account", "osa-12345678", "bank-account\x00OSA12345678"},
		{"payment-account", "Alipay：Foo@Example.com", "payment-account\x00alipay:foo@example.com"},
		{"iot-card", "10648-1234-5678", "iot-card\x001064812345678"},
		{"iot-card", "898600d0123456789012", "iot-card\x00898600D0123456789012"},
		{"sms-port", "1069 0123456", "sms-port\x0010690123456"},
		{"internet-account", "微博 : Ａbc  def", "internet-account\x00微博:abc def"},
		{"list-ref", "ofac:2674", "list-ref\x00ofac:2674"},
	} {
		i, err := Parse(c.scheme, c.in)
		if err != nil || i.Normal() != c.want {
			t.Errorf("%s: %q, %v; want %q", c.scheme, i.Normal(), err, c.want)
		}
	}
}

func TestSchemes(t *testing.T) {
	type traits struct{ public, identity, person, organization bool }
	want := map[Scheme]traits{
		USCC:            {true, true, false, true},
		LEI:             {true, true, false, true},
		ListRef:         {true, true, true, true},
		CNID:            {false, true, true, false},
		Passport:        {false, true, true, false},
		MSISDN:          {false, false, true, true},
		BankAccount:     {false, false, true, true},
		PaymentAccount:  {false, false, true, true},
		IoTCard:         {false, false, true, true},
		SMSPort:         {false, false, true, true},
		InternetAccount: {false, false, true, true},
	}
	if len(Schemes()) != len(want) {
		t.Errorf("%d schemes", len(Schemes()))
	}
	for _, s := range Schemes() {
		got := traits{s.Public(), s.Identity(), s.Fits(Person), s.Fits(Organization)}
		if got != want[s] || s.Personal() == s.Public() || !s.Known() || s.Fits("ship") {
			t.Errorf("%s: %+v", s, got)
		}
	}
	if s := Scheme("imei"); s.Known() || s.Public() || s.Identity() || s.Fits(Person) {
		t.Error("a scheme that does not exist has traits")
	}
}

func TestUnknownScheme(t *testing.T) {
	_, err := Parse("imei", "490154203237518")
	var u *UnknownScheme
	if !errors.As(err, &u) || !errors.Is(err, fault.Invalid) || strings.Contains(err.Error(), "imei") {
		t.Fatal(err)
	}
	for _, s := range Schemes() {
		if strings.Count(err.Error(), string(s)) != 2 {
			t.Errorf("%s is not named in both languages: %v", s, err)
		}
	}
}

func TestBirth(t *testing.T) {
	for _, c := range []struct{ scheme, value, want string }{
		{"cn-id", "11010519491231002X", "1949-12-31"},
		{"passport", "E12345678", ""},
		{"uscc", "91350100M000100Y43", ""},
	} {
		i, err := Parse(c.scheme, c.value)
		if err != nil || string(i.Birth()) != c.want {
			t.Errorf("%s: %q, %v", c.scheme, i.Birth(), err)
		}
	}
	if (Identifier{Scheme: CNID, Value: "1101051949123x002X"}).Birth() != "" {
		t.Error("born on no day")
	}
}

func TestRef(t *testing.T) {
	i, err := Parse("msisdn", "13800138000")
	if err != nil {
		t.Fatal(err)
	}
	i.From, i.To = "2026-01-01", "2026-02-01"
	want := Ref{Scheme: MSISDN, Key: "1.abc", Shown: "138******00", From: "2026-01-01", To: "2026-02-01"}
	if r := i.Ref("1.abc"); r != want || r.ID() != "msisdn#1.abc" {
		t.Errorf("%+v", r)
	}
	i, err = Parse("list-ref", "ofac:36")
	if err != nil {
		t.Fatal(err)
	}
	if r := i.Ref("ignored"); r != (Ref{Scheme: ListRef, Key: "ofac:36", Shown: "ofac:36"}) || r.ID() != "list-ref#ofac:36" {
		t.Errorf("%+v", r)
	}
	b, err := json.Marshal(i.Ref(""))
	if err != nil || string(b) != `{"scheme":"list-ref","key":"ofac:36","shown":"ofac:36"}` {
		t.Errorf("%s, %v", b, err)
	}
}

func TestFormattingShowsTheMask(t *testing.T) {
	i, err := Parse("cn-id", "11010519491231002X")
	if err != nil {
		t.Fatal(err)
	}
	held := struct{ Of []Identifier }{[]Identifier{i}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if s := fmt.Sprintf(verb, held); strings.Contains(s, i.Value) || !strings.Contains(s, "110*************2X") {
			t.Errorf("%s: %s", verb, s)
		}
	}
}

// Status questions parse one code each, thousands of times a second.
func TestNormalCodesAreNotCopied(t *testing.T) {
	for _, s := range []struct{ scheme, value string }{{"uscc", "91350100M000100Y43"}, {"lei", "5493001KJTIIGC8Y1R12"}, {"list-ref", "ofac:36"}} {
		if n := testing.AllocsPerRun(100, func() { _, _ = Parse(s.scheme, s.value) }); n != 0 {
			t.Errorf("%s: %v allocations", s.scheme, n)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, s := range []struct{ scheme, value string }{
		{"uscc", "91350100M000100Y43"}, {"uscc", "91350100m000100y43"}, {"uscc", "９1350100M000100Y43"}, {"cn-id", "11010519491231002X"}, {"msisdn", "13800138000"},
	} {
		b.Run(s.scheme+" "+s.value, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(s.scheme, s.value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
