package catalog

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// readJSON reads the JSON form, one vulnerability at a time.
func readJSON(r *bufio.Reader) (*document, error) {
	counted := &counter{from: r}
	j := &jsonReader{Decoder: json.NewDecoder(counted), input: counted, doc: &document{}}
	if err := j.members(); err != nil {
		return nil, j.explain(err)
	}
	if _, err := j.Token(); !errors.Is(err, io.EOF) {
		return nil, j.explain(errors.New("more text follows the end of the document"))
	}
	if j.advisory.seen {
		j.advisory.into(j.doc)
		return j.doc, nil
	}
	if !j.tracked {
		return nil, errors.New("byte 1: the JSON has neither \"DocumentTracking\" nor \"document\", expected a month's document of the vendor's CVRF service or a CSAF advisory")
	}
	return j.doc, nil
}

type jsonReader struct {
	*json.Decoder
	input    *counter
	doc      *document
	tracked  bool
	advisory csaf
}

// counter counts the bytes read, so that the end of a document that is cut off has a position.
type counter struct {
	from io.Reader
	n    int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	return n, err
}

func (j *jsonReader) explain(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, errTooLarge):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("byte %d: the document ends too early, expected more of a CVRF document: download it again", j.input.n)
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: %s: download the document again", j.position(), text(syntax.Error()).clean(200))
	}
	return fmt.Errorf("%s: %s", j.position(), text(err.Error()).clean(200))
}

func (j *jsonReader) members() error {
	if _, err := j.Token(); err != nil {
		return err
	}
	for j.More() {
		name, err := j.Token()
		if err != nil {
			return err
		}
		if err := j.member(name); err != nil {
			return err
		}
	}
	_, err := j.Token()
	return err
}

func (j *jsonReader) member(name json.Token) error {
	switch name {
	case "DocumentTitle":
		return j.value(&j.doc.title)
	case "DocumentTracking":
		j.tracked = true
		return j.value(&j.doc.tracking)
	case "ProductTree":
		return j.value(&j.doc.tree)
	case "Vulnerability":
		return j.vulnerabilities()
	}
	known, err := j.advisory.member(name, j.value)
	if !known && err == nil {
		return j.value(nil)
	}
	return err
}

// value reads one value into target; a nil target leaves it out.
func (j *jsonReader) value(target any) error {
	var raw json.RawMessage
	if err := j.Decode(&raw); err != nil {
		return err
	}
	if target == nil {
		return nil
	}
	if err := checkDepth(raw); err != nil {
		return err
	}
	return json.Unmarshal(raw, target)
}

// vulnerabilities reads an array of records, a single record, or null.
func (j *jsonReader) vulnerabilities() error {
	start, err := j.Token()
	if err != nil || start == nil {
		return err
	}
	switch start {
	case json.Delim('['):
		return j.records()
	case json.Delim('{'):
		return j.single()
	}
	return errors.New("\"Vulnerability\" is no list of records")
}

// records reads the elements of an array that has begun, to its end.
func (j *jsonReader) records() error {
	for j.More() {
		where := j.position()
		var raw json.RawMessage
		if err := j.Decode(&raw); err != nil {
			return err
		}
		j.record(where, raw)
	}
	_, err := j.Token()
	return err
}

// single reads the one record that stands where an array was expected; its brace is already taken.
func (j *jsonReader) single() error {
	where, members := j.position(), map[string]json.RawMessage{}
	for j.More() {
		name, err := j.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := j.Decode(&raw); err != nil {
			return err
		}
		members[fmt.Sprint(name)] = raw
	}
	if _, err := j.Token(); err != nil {
		return err
	}
	raw, err := json.Marshal(members)
	if err != nil {
		return err
	}
	j.record(where, raw)
	return nil
}

func (j *jsonReader) position() string { return fmt.Sprintf("byte %d", j.InputOffset()) }

// record keeps a vulnerability, or the reason why it cannot be read.
func (j *jsonReader) record(where string, raw json.RawMessage) {
	v := vulnerability{}
	err := checkDepth(raw)
	if err == nil {
		err = json.Unmarshal(raw, &v)
	}
	v.where = where
	if err != nil {
		if cve := v.CVE.clean(40); cve != "" {
			where = cve
		}
		j.doc.skipped.add(where, "the record cannot be read: "+text(err.Error()).clean(200))
		return
	}
	j.doc.add(v)
}
