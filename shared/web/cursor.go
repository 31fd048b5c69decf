package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"shixin/shared/fault"
)

// macSize is how much of HMAC-SHA-256 a cursor carries: 128 bits.
const macSize = 16

// encodeCursor makes an opaque cursor: base64url of a MAC and the JSON of v. The scope is what the cursor is good for,
// and is not in it. A cursor can be read by whoever holds it, so v holds no personal data.
func encodeCursor(key []byte, scope string, v any) (string, error) {
	if len(key) < 16 {
		return "", errors.New("web: the cursor key is missing or shorter than 16 bytes")
	}
	payload, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(mac(key, scope, payload), payload...)), nil
}

// verifyCursor returns the payload of what encodeCursor made with the same key and scope. Any other cursor is fault.Malformed.
func verifyCursor(key []byte, scope, cursor string) ([]byte, error) {
	if len(key) < 16 {
		return nil, errors.New("web: the cursor key is missing or shorter than 16 bytes")
	}
	if strings.ContainsAny(cursor, "\r\n") { // which the decoder passes over
		return nil, badCursor()
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) <= macSize || !hmac.Equal(raw[:macSize], mac(key, scope, raw[macSize:])) {
		return nil, badCursor()
	}
	return raw[macSize:], nil
}

// openCursor reads a verified payload. One that does not fit was made by an earlier version of the program.
func openCursor(payload []byte, v any) error {
	if err := json.Unmarshal(payload, v); err != nil {
		return badCursor()
	}
	return nil
}

func badCursor() error {
	return fault.Parameter(fault.Malformed, "cursor",
		"must be the next_cursor of a page of this very query; start again without it", "须为同一查询上一页的 next_cursor;请去掉后重新开始")
}

// mac authenticates a payload for a scope. The scope is hashed first, so that no scope and payload run into another's.
func mac(key []byte, scope string, payload []byte) []byte {
	bound := sha256.Sum256([]byte(scope))
	h := hmac.New(sha256.New, key)
	_, _ = h.Write(bound[:])
	_, _ = h.Write(payload)
	return h.Sum(nil)[:macSize]
}
