package validate

import (
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"
)

// mend says in English and Chinese what a field must be. It never repeats the value.
func mend(w validator.FieldError) (en, zh string) {
	p := w.Param()
	switch w.Tag() {
	case "required", "required_if", "required_unless", "required_with", "required_without", "required_with_all", "required_without_all":
		return "is required", "必填"
	case "excluded_if", "excluded_unless", "excluded_with", "excluded_without", "isdefault":
		return "must be left out here", "此处不得填写"
	case "oneof", "oneofci":
		list := strings.Join(strings.Fields(p), ", ")
		return "must be one of " + list, "须为以下之一:" + list
	case "min", "gte":
		return amount(w, "at least ", "至少 ")
	case "max", "lte":
		return amount(w, "at most ", "最多 ")
	case "gt":
		return amount(w, "more than ", "多于 ")
	case "lt":
		return amount(w, "less than ", "少于 ")
	case "len", "eq":
		return amount(w, "exactly ", "恰为 ")
	case "ne":
		return "must not be " + p, "不得为 " + p
	case "unique":
		return "must not name anything twice", "不得重复"
	case "day":
		return "must be a day of the form YYYY-MM-DD", "须为 YYYY-MM-DD 形式的日期"
	case "rfc3339":
		return "must be a time of RFC 3339 with its offset, for example 2026-03-01T09:00:00+08:00",
			"须为带时区的 RFC 3339 时间,例如 2026-03-01T09:00:00+08:00"
	case "id":
		return "must be an id of at most 40 letters, digits, _ and -", "须为最多 40 位的标识(字母、数字、_、-)"
	case "text":
		return "must not be blank or have control characters", "不得为空白或包含控制字符"
	case "line":
		return "must be one line, not blank, without control characters", "须为单行文本,不得为空白或包含控制字符"
	case "sha256":
		return "must be a SHA-256 digest: 64 lower-case hex digits", "须为 SHA-256 摘要:64 位小写十六进制数字"
	case "hexadecimal", "lowercase", "alphanum", "numeric", "number", "ascii", "printascii", "email", "url", "http_url", "uuid", "e164", "bcp47_language_tag":
		return "must be of the form " + w.Tag(), "格式须为 " + w.Tag()
	}
	return "is not as it must be: " + w.Tag(), "不符合要求:" + w.Tag()
}

// plural is a noun for that many.
func plural(noun, n string) string {
	if n == "1" {
		return noun
	}
	return noun + "s"
}

// amount says how many of what.
func amount(w validator.FieldError, en, zh string) (string, string) {
	p := w.Param()
	switch w.Kind() {
	case reflect.String:
		return "must have " + en + p + plural(" character", p), "须" + zh + p + " 个字符"
	case reflect.Slice, reflect.Array, reflect.Map:
		return "must have " + en + p + plural(" item", p), "须" + zh + p + " 项"
	}
	return "must be " + en + p, "须" + zh + p
}
