package compliance_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"shixin/shared/compliance"
)

func TestAPlanIsReadAsItWasPacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p compliance.Plan
		for shard := range 256 {
			if rapid.Bool().Draw(t, "has") {
				p = append(p, compliance.Share{Shard: shard, Enterprises: rapid.IntRange(0, 1<<20).Draw(t, "enterprises")})
			}
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var got compliance.Plan
		if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, p) {
			t.Fatalf("%s gives %v, %v; want %v", text, got, err, p)
		}
		for shard := range 256 {
			share, has := p.Of(shard)
			if has != (share.Shard == shard && has) {
				t.Fatalf("shard %d: %v, %v", shard, share, has)
			}
		}
	})
}

func TestAPlanOfAllShardsIsAKilobyte(t *testing.T) {
	var p compliance.Plan
	for shard := range 256 {
		p = append(p, compliance.Share{Shard: shard, Enterprises: 4000}) // a million enterprises
	}
	if text, err := p.MarshalText(); err != nil || len(text) > 1024 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if share, has := p.Of(255); !has || share.Enterprises != 4000 {
		t.Errorf("the last shard: %v, %v", share, has)
	}
	if _, has := p[:4].Of(4); has {
		t.Error("a shard that is left out is found")
	}
	if _, err := (compliance.Plan{{Shard: 2}, {Shard: 2}}).MarshalText(); err == nil {
		t.Error("a shard twice is packed")
	}
}

func FuzzPlan(f *testing.F) {
	f.Add("AAE")
	f.Add("!")
	f.Fuzz(func(t *testing.T, text string) {
		var p, again compliance.Plan
		if p.UnmarshalText([]byte(text)) != nil {
			return
		}
		packed, err := p.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if err := again.UnmarshalText(packed); err != nil || !reflect.DeepEqual(again, p) {
			t.Fatalf("%v is packed as %s, which gives %v, %v", p, packed, again, err)
		}
	})
}
