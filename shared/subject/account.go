package subject

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAccount bounds payment and internet accounts, in characters.
const maxAccount = 128

// parseAccount verifies an account at a payment institution or a platform, best written provider:account
// ("alipay:name@example.com"), or any 2 to 128 printable characters. Runs of spaces become one, and
// those around the first colon go. Case is kept here and folded in [Identifier.Normal].
func parseAccount(raw string) (string, *Malformed) {
	s, err := clean(raw)
	if err != nil {
		return "", err
	}
	s = strings.Join(strings.Fields(s), " ")
	if provider, account, ok := strings.Cut(s, ":"); ok {
		provider, account = strings.TrimSpace(provider), strings.TrimSpace(account)
		if provider == "" || account == "" {
			return "", bad("an account is written provider:account: one side of the colon is empty", "账号应写作“机构:账号”:冒号的一侧为空")
		}
		s = provider + ":" + account
	}
	if n := utf8.RuneCountInString(s); n < 2 || n > maxAccount {
		return "", bad("an account has 2 to 128 characters", "账号应为 2 至 128 个字符")
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return "", bad("an account has printable characters only", "账号只能含可显示的字符")
		}
	}
	return s, nil
}

// parseListRef verifies an entry of another published list, LIST:ID. It is kept as written, because
// that list's publisher decides what tells its entries apart.
func parseListRef(raw string) (string, *Malformed) {
	s := strings.TrimSpace(raw)
	list, id, ok := strings.Cut(s, ":")
	if !ok || len(list) < 1 || len(list) > 32 || !only(list, isListChar) {
		return "", bad("a list-ref is LIST:ID, LIST being 1 to 32 lower-case letters, digits or hyphens", "list-ref 应写作 LIST:ID,其中 LIST 为 1 至 32 位小写字母、数字或连字符")
	}
	if len(id) < 1 || len(id) > 64 || !only(id, isEntryChar) {
		return "", bad("a list-ref is LIST:ID, ID being 1 to 64 letters, digits, dots, underscores or hyphens", "list-ref 应写作 LIST:ID,其中 ID 为 1 至 64 位字母、数字、点、下划线或连字符")
	}
	return s, nil
}

func isListChar(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'z' || c == '-' }

func isEntryChar(c byte) bool {
	return isListChar(c) || 'A' <= c && c <= 'Z' || c == '.' || c == '_'
}

func only(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}
