package risk_test

import (
	"strings"
	"testing"

	"shixin/infra/risk"
)

func TestWeightsLoad(t *testing.T) {
	w, err := risk.Load()
	if err != nil || w.SetBy != "authority" {
		t.Errorf("%+v, %v", w, err)
	}
	for _, text := range []string{"", "version: '1'\n", "version: '1'\nfrom: 2026-01-01\nset_by: authority\nseverities: []\noutcomes: []\nages: []\nrules: []\nweight: 1\n"} {
		if _, err := risk.Parse([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), "risk: ") {
			t.Errorf("%q: %v, want a refusal", text, err)
		}
	}
}
