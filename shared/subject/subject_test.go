package subject

import (
	"errors"
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
