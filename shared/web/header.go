package web

import (
	"net/http"
	"strconv"
	"strings"

	"shixin/shared/fault"
)

// What If-Match can name besides a version, which is 1 or more.
const (
	AnyVersion = 0  // *: the record has only to exist
	NoVersion  = -1 // tags that no version has: a weak tag, or one that this service never gave
)

// ETag is the entity tag of a record's version, for example "v12" with its quotes.
func ETag(version int) string { return `"v` + strconv.Itoa(version) + `"` }

// IfMatch reads the version that a change is meant for (RFC 9110, section 13.1.1), AnyVersion or NoVersion. Who compares
// it with a record takes AnyVersion for no condition, as where the header was not sent. Several of our tags at once are
// fault.Malformed: a caller has seen one version.
func IfMatch(r *http.Request) (version int, present bool, err error) {
	if len(r.Header.Values("If-Match")) == 0 {
		return AnyVersion, false, nil
	}
	value := strings.TrimSpace(strings.Join(r.Header.Values("If-Match"), ","))
	if value == "*" {
		return AnyVersion, true, nil
	}
	version = NoVersion
	for tag := range strings.SplitSeq(value, ",") {
		tag = strings.TrimSpace(tag)
		opaque := strings.TrimPrefix(tag, "W/")
		if len(opaque) < 2 || opaque[0] != '"' || strings.IndexByte(opaque[1:], '"') != len(opaque)-2 {
			return NoVersion, true, fault.New(fault.Malformed, `If-Match must be an ETag with its quotes, for example "v3"`, `If-Match 须为带引号的 ETag,例如 "v3"`)
		}
		v, ours := parseTag(tag)
		switch {
		case !ours || v == version:
		case version != NoVersion:
			return NoVersion, true, fault.New(fault.Malformed, "If-Match must be one ETag", "If-Match 只能有一个 ETag")
		default:
			version = v
		}
	}
	return version, true, nil
}

func parseTag(tag string) (int, bool) {
	digits, ok := strings.CutPrefix(strings.Trim(tag, `"`), "v")
	v, err := strconv.Atoi(digits)
	return v, ok && err == nil && v > 0 && ETag(v) == tag
}

// IdempotencyKey reads the Idempotency-Key header: 1 to 255 visible ASCII characters without quotes around them. Any
// other is fault.Malformed.
func IdempotencyKey(r *http.Request) (key string, present bool, err error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", false, nil
	}
	key = values[0]
	good := len(values) == 1 && key != "" && len(key) <= 255
	for i := range len(key) {
		good = good && '!' <= key[i] && key[i] <= '~' && key[i] != '"'
	}
	if !good {
		return "", true, fault.New(fault.Malformed,
			"Idempotency-Key must be sent once, as 1 to 255 visible ASCII characters without quotes",
			"Idempotency-Key 只能出现一次,须为 1 至 255 个可见 ASCII 字符且不带引号")
	}
	return key, true, nil
}
