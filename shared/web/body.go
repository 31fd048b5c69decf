package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"shixin/shared/fault"
)

// MaxBody is the most bytes that a request body may have.
const MaxBody = 4 << 20

// maxDepth is how deep objects and arrays may nest.
const maxDepth = 32

// readBody reads the body of a call that has one and refuses what no handler could read.
func (p *prepared) readBody(r *http.Request) error {
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
	default:
		return nil
	}
	body, err := readAll(r)
	if err != nil {
		return err
	}
	if p.route.Sparing && len(body) == 0 {
		p.body = []byte("{}")
		return nil
	}
	p.body = body
	if p.route.Bodiless && len(body) == 0 {
		return nil
	}
	media, err := mediaType(r)
	if err != nil {
		return err
	}
	if len(p.route.Accepts) > 0 && !slices.Contains(p.route.Accepts, media) {
		return unsupported(p.route.Accepts)
	}
	if len(p.route.Accepts) == 0 && !isJSON(media) {
		return unsupported([]string{"application/json"})
	}
	if isJSON(media) {
		return theBody.wellFormed(body)
	}
	if len(body) == 0 {
		return fault.New(fault.Malformed, "the body is empty", "请求体为空")
	}
	return nil
}

// readAll reads a body and puts it back, so that it can be read again.
func readAll(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err != nil {
		return nil, fault.New(fault.Malformed, "the body ended early", "请求体不完整")
	}
	if len(body) > MaxBody {
		return nil, fault.New(fault.TooLarge, "a body is at most 4 MB; send it in parts", "请求体最大 4 MB,请分批发送")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// mediaType is the body's type in lower case, without parameters. Texts are UTF-8 and not compressed.
func mediaType(r *http.Request) (string, error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return "", fault.New(fault.UnsupportedMedia, "Content-Type must name the body's media type", "Content-Type 须写明媒体类型")
	}
	if c, ok := params["charset"]; ok && !strings.EqualFold(c, "utf-8") {
		return "", fault.New(fault.UnsupportedMedia, "the charset must be utf-8", "字符集须为 utf-8")
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return "", fault.New(fault.UnsupportedMedia, "send the body without Content-Encoding", "请勿使用 Content-Encoding")
	}
	return media, nil
}

// MediaType is the media type of the request's body, in lower case and without parameters.
func MediaType(r *http.Request) string {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return media
}

func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

func unsupported(accepts []string) error {
	list := strings.Join(accepts, ", ")
	return fault.New(fault.UnsupportedMedia, "Content-Type must be "+list, "Content-Type 须为 "+list)
}

// wellFormed refuses everything that is not one JSON document (RFC 8259) of at most maxDepth levels. Names that occur
// twice are well-formed; what is wrong with them can be said of a field (see Decode).
func (p part) wellFormed(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return fault.New(fault.Malformed, p.en+" is empty; send a JSON object", p.zh+"为空,请发送 JSON 对象")
	}
	if !utf8.Valid(body) {
		where := p.place(body, int64(notUTF8(body)))
		return fault.New(fault.Malformed, p.en+" is not valid UTF-8: see "+where.en, p.zh+"不是有效的 UTF-8:见"+where.zh)
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))
	for {
		if _, err := d.ReadToken(); err != nil {
			where := p.place(body, d.InputOffset())
			if e, ok := asSyntactic(err); ok {
				where = p.place(body, e.ByteOffset)
			}
			return fault.New(fault.Malformed, p.en+" is not JSON: see "+where.en, p.zh+"不是有效的 JSON:见"+where.zh)
		}
		if d.StackDepth() > maxDepth {
			where := p.place(body, d.InputOffset())
			return fault.New(fault.Malformed, p.en+" nests deeper than 32 levels: see "+where.en, p.zh+"嵌套超过 32 层:见"+where.zh)
		}
		if d.StackDepth() == 0 {
			break
		}
	}
	if rest := body[d.InputOffset():]; len(bytes.TrimLeft(rest, " \t\r\n")) > 0 {
		where := p.place(body, int64(len(body)-len(bytes.TrimLeft(rest, " \t\r\n"))))
		return fault.New(fault.Malformed, p.en+" goes on after the JSON document: see "+where.en, p.zh+"在 JSON 文档之后还有内容:见"+where.zh)
	}
	return nil
}

// notUTF8 is the offset of the first byte that does not belong to a UTF-8 text.
func notUTF8(body []byte) int {
	for i := 0; i < len(body); {
		r, n := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(body)
}

// BodyHash is what makes two calls under one idempotency key the same call: SHA-256, in hex, over the method, the path,
// the media type and the body's bytes.
func BodyHash(r *http.Request) (string, error) {
	body, err := bodyOf(r)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, part := range []string{r.Method, r.URL.EscapedPath(), MediaType(r)} {
		_, _ = io.WriteString(h, part)
		_, _ = h.Write([]byte{0})
	}
	_, _ = h.Write(body)
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Body is the request's body, at most MaxBody bytes.
func Body(r *http.Request) ([]byte, error) { return bodyOf(r) }

func bodyOf(r *http.Request) ([]byte, error) {
	if p := preparedOf(r.Context()); p != nil {
		return p.body, nil
	}
	return readAll(r)
}
