package relation_test

import (
	"testing"

	"shixin/shared/compliance/relation"
)

// What is hashed once is hashed so for ever: these are not to be changed, only added to.
func TestFormsOfContactsAreFrozen(t *testing.T) {
	for _, c := range []struct{ address, phone, email, want string }{
		{"江苏省苏州市工业园区星湖街1号", "", "", "address\x00苏州市工业园区星湖街1号"},
		{"中国 江苏省 苏州市工业园区星湖街 1 号", "", "", "address\x00苏州市工业园区星湖街1号"},
		{"苏州市工业园区星湖街1号", "", "", "address\x00苏州市工业园区星湖街1号"},
		{"广西壮族自治区南宁市民族大道(1)号", "", "", "address\x00南宁市民族大道1号"},
		{"北京市朝阳区省府巷8号院", "", "", "address\x00北京市朝阳区省府巷8号院"},
		{"贵州省贵阳市省府路2号", "", "", "address\x00贵阳市省府路2号"},
		{"1 Xinghu Street, Suzhou", "", "", "address\x001xinghustreetsuzhou"},
		{"苏州市", "", "", ""},
		{"", "0512-5550100", "", "msisdn\x0005125550100"},
		{"", "+86 512 5550100", "", "msisdn\x0005125550100"},
		{"", "138 0000 1111", "", "msisdn\x0013800001111"},
		{"", "400-800-1234", "", "phone\x004008001234"},
		{"", "10086", "", ""},
		{"", "", " Info@Example.CN", "email\x00info@example.cn"},
		{"", "", "", ""},
	} {
		got := ""
		for _, r := range relation.Reaches(c.address, c.phone, c.email) {
			got += r.Normal
		}
		if got != c.want {
			t.Errorf("%q %q %q: %q, want %q", c.address, c.phone, c.email, got, c.want)
		}
	}
}

func FuzzReaches(f *testing.F) {
	f.Add("江苏省苏州市工业园区星湖街1号", "0512-5550100", "a@b.cn")
	f.Add("省", "+", "@")
	f.Add("中国中国省自治区\xff", "１３８００００１１１１", "Ａ@b")
	f.Fuzz(func(t *testing.T, address, phone, email string) {
		for _, r := range relation.Reaches(address, phone, email) {
			if r.Normal == "" || r.Scheme == "" {
				t.Errorf("%+v says nothing", r)
			}
		}
	})
}
