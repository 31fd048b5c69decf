package sealedtext_test

import (
	"strings"
	"testing"

	"shixin/shared/sealedtext"
)

func TestVault(t *testing.T) {
	v := sealedtext.Vault{}
	one, two := v.Put("张某"), v.Put("张某")
	if one == two || strings.Contains(string(one), "张") || v.Text(one) != "张某" || v.Text(two) != "张某" {
		t.Errorf("%q and %q stand for %q and %q", one, two, v.Text(one), v.Text(two))
	}
	if v.Put("") != "" || v.Text("") != "" {
		t.Error("no text has a commitment")
	}
	delete(v, one)
	if v.Text(one) != string(one) {
		t.Error("an erased text is still there")
	}
}
