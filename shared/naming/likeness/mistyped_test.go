package likeness

import "testing"

func TestMistyped(t *testing.T) {
	for _, c := range []struct {
		is, want string
		yes      bool
	}{
		{"网洛", "网络", true}, {"络", "网络", true}, {"网", "网络", true}, {"络网", "网络", true}, {"网的络", "网络", true}, {"有限公同", "有限公司", true}, {"有限司", "有限公司", true},
		{"网络", "网络", false}, {"信息", "网络", false}, {"的网络", "网络", false}, {"网络的", "网络", false}, {"", "网", false}, {"", "", false}, {"有公限同", "有限公司", false},
	} {
		if got := Mistyped([]rune(c.is), []rune(c.want)); got != c.yes {
			t.Errorf("%s for %s: %v", c.is, c.want, got)
		}
	}
}
