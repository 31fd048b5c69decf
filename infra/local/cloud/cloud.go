// Package cloud provides the few calls to AWS that functions make besides the table's: SendMessageBatch, objects of one bucket, Decrypt.
//
// With it the binaries that are deployed run on one machine as they are. It signs off on every signature and listens on
// a loopback address only.
package cloud

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"shixin/shared/blob"
	"shixin/shared/keys/kms"
	"shixin/shared/queue"
)

// Wrapped is what the keyring's ciphertext is here, in base64 the value of the template's parameter WrappedKeys.
const Wrapped = "c2hpeGluLWxvY2Fs"

const (
	maxBody   = 512 << 20 // of an object
	maxBatch  = 10        // entries of SendMessageBatch (SQS quota)
	queuePath = "/queue/"
)

// Options are what the calls reach.
type Options struct {
	Queue    queue.Sender
	Blobs    blob.Store
	Bucket   string
	Document func(context.Context) ([]byte, error) // the keyring in clear
	Log      *slog.Logger
}

// QueueURL is the URL of a queue, by logical name, when the handler is served at base.
func QueueURL(base, name string) string { return base + queuePath + name }

// Handler serves the calls.
func Handler(o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target := r.Header.Get("X-Amz-Target")
		switch {
		case target == "AmazonSQS.SendMessageBatch":
			o.send(w, r)
		case target == "TrentService.Decrypt":
			o.decrypt(w, r)
		case target != "":
			fail(w, http.StatusBadRequest, "UnknownOperationException", "not offered on one machine: "+target)
		default:
			o.object(w, r)
		}
	})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // an error here is the caller's broken connection
}

func fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("X-Amzn-ErrorType", code)
	answer(w, status, map[string]string{"__type": code, "message": message})
}

// send is SendMessageBatch of SQS.
func (o Options) send(w http.ResponseWriter, r *http.Request) {
	var in struct {
		QueueURL string `json:"QueueUrl"`
		Entries  []struct {
			ID   string `json:"Id"`
			Body string `json:"MessageBody"`
		}
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&in); err != nil {
		fail(w, http.StatusBadRequest, "InvalidParameterValue", "not JSON of SendMessageBatch")
		return
	}
	_, name, ok := strings.Cut(in.QueueURL, queuePath)
	if !ok || len(in.Entries) == 0 || len(in.Entries) > maxBatch {
		fail(w, http.StatusBadRequest, "InvalidParameterValue", "a queue of this machine, and one to ten entries")
		return
	}
	type sent struct {
		ID        string `json:"Id"`
		MessageID string `json:"MessageId"`
		MD5       string `json:"MD5OfMessageBody"`
	}
	var out struct {
		Successful []sent
		Failed     []struct{}
	}
	var messages []queue.Message
	for _, e := range in.Entries {
		sum := md5.Sum([]byte(e.Body)) // the SDK compares it
		messages = append(messages, queue.Message{Queue: name, Body: e.Body})
		out.Successful = append(out.Successful, sent{e.ID, rand.Text(), hex.EncodeToString(sum[:])})
	}
	if err := o.Queue.Send(r.Context(), messages...); err != nil {
		o.Log.Error("send failed", "queue", name, "error", err)
		fail(w, http.StatusInternalServerError, "InternalFailure", "see the log of the local run")
		return
	}
	answer(w, http.StatusOK, out)
}

// decrypt is Decrypt of KMS, for the one ciphertext and the one context there are.
func (o Options) decrypt(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Ciphertext []byte            `json:"CiphertextBlob"`
		Context    map[string]string `json:"EncryptionContext"`
		KeyID      string            `json:"KeyId"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&in); err != nil || string(in.Ciphertext) != "shixin-local" || !maps.Equal(in.Context, kms.Bound()) {
		fail(w, http.StatusBadRequest, "InvalidCiphertextException", "not the keyring of this machine")
		return
	}
	document, err := o.Document(r.Context())
	if err != nil {
		o.Log.Error("keyring not read", "error", err)
		fail(w, http.StatusInternalServerError, "KMSInternalException", "see the log of the local run")
		return
	}
	answer(w, http.StatusOK, map[string]any{"Plaintext": document, "KeyId": in.KeyID, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"})
}

// object is PutObject, HeadObject, GetObject and DeleteObject of S3, in path style.
func (o Options) object(w http.ResponseWriter, r *http.Request) {
	bucket, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket != o.Bucket || blob.CheckName(name) != nil {
		failXML(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	err := errors.ErrUnsupported
	switch r.Method {
	case http.MethodPut:
		if _, there := o.Blobs.Get(r.Context(), name); there == nil && r.Header.Get("If-None-Match") == "*" {
			failXML(w, http.StatusPreconditionFailed, "PreconditionFailed")
			return
		}
		var body []byte
		if body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)); err == nil {
			err = o.Blobs.Put(r.Context(), name, body)
		}
	case http.MethodGet, http.MethodHead:
		var body []byte
		if body, err = o.Blobs.Get(r.Context(), name); err == nil {
			read(w, r, body)
			return
		}
	case http.MethodDelete:
		if err = o.Blobs.Delete(r.Context(), name); err == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, blob.ErrNotFound):
		failXML(w, http.StatusNotFound, "NoSuchKey")
	case errors.Is(err, errors.ErrUnsupported):
		failXML(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	default:
		o.Log.Error("blob failed", "method", r.Method, "error", err)
		failXML(w, http.StatusInternalServerError, "InternalError")
	}
}

// read writes an object, or the range of it that is asked for.
func read(w http.ResponseWriter, r *http.Request, body []byte) {
	var first int
	if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &first); err == nil && first >= len(body) {
		failXML(w, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

func failXML(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}{Code: code}) // an error here is the caller's broken connection
}
