package ledger_test

import (
	"maps"
	"testing"

	"shixin/shared/querylog/ledger"
)

func TestParseQuotas(t *testing.T) {
	for text, want := range map[string]ledger.Quotas{
		"":                        {},
		"  ":                      {},
		"account:bank-a=20000000": {"account:bank-a": 20000000},
		"account:a=b=7  uscc:91320500MADEM00118=1000\n": {"account:a=b": 7, "uscc:91320500MADEM00118": 1000},
		"account:a": nil, "a=7": nil, "account:=7": nil, "account:a=0": nil, "account:a=-1": nil, "account:a=many": nil, "account:a=": nil,
		"account:a=7 account:a=8": nil, "account:a=99999999999999999999": nil, "person:a=7": nil,
	} {
		got, err := ledger.ParseQuotas(text)
		if (err != nil) != (want == nil) || err == nil && !maps.Equal(got, want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

// FuzzParseQuotas: no text makes a quota of nothing, or panics.
func FuzzParseQuotas(f *testing.F) {
	f.Add("account:bank-a=20000000 uscc:91320500MADEM00118=1000")
	f.Fuzz(func(t *testing.T, text string) {
		quotas, err := ledger.ParseQuotas(text)
		if err != nil && quotas != nil {
			t.Error("quotas with an error")
		}
		for caller, n := range quotas {
			if n < 1 || len(caller) < len("uscc:x") {
				t.Errorf("%q: %d", caller, n)
			}
		}
	})
}
