package catalog

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readXML reads the XML form, one vulnerability at a time.
func readXML(r *bufio.Reader) (*document, error) {
	x := newXMLReader(r)
	root, err := x.root()
	if err != nil {
		return nil, x.explain(err)
	}
	if root.Name.Local != "cvrfdoc" {
		return nil, fmt.Errorf("%s: the document is <%s>, expected <cvrf:cvrfdoc>, a month's document of the vendor's CVRF service",
			x.position(), text(root.Name.Local).clean(40))
	}
	doc := &document{}
	if err := x.children(doc); err != nil {
		return nil, x.explain(err)
	}
	if err := x.nothingMore(); err != nil {
		return nil, x.explain(err)
	}
	return doc, nil
}

// xmlReader decodes elements and knows where it is. The raw decoder reads, the outer one matches tags and fills values; the
// depth of elements is checked in between.
type xmlReader struct {
	*xml.Decoder
	raw  *xml.Decoder
	open []string // names of the elements that are open, outermost first
}

func newXMLReader(r *bufio.Reader) *xmlReader {
	x := &xmlReader{raw: xml.NewDecoder(r)}
	x.raw.CharsetReader = charset
	x.Decoder = xml.NewTokenDecoder(tokens{x})
	return x
}

// charset accepts the declarations of documents that source has already turned into UTF-8.
func charset(label string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "utf-16", "us-ascii":
		return input, nil
	}
	return nil, fmt.Errorf("the document is saved as %s, expected UTF-8: download it again", quote(label))
}

// tokens hands the raw tokens on as long as they are not nested too deep.
type tokens struct{ x *xmlReader }

func (t tokens) Token() (xml.Token, error) {
	token, err := t.x.raw.RawToken()
	switch element := token.(type) {
	case xml.StartElement:
		if len(t.x.open) >= mostDepth {
			return nil, fmt.Errorf("elements are nested deeper than %d levels, expected a CVRF document", mostDepth)
		}
		t.x.open = append(t.x.open, element.Name.Local)
	case xml.EndElement:
		if n := len(t.x.open); n > 0 {
			t.x.open = t.x.open[:n-1]
		}
	}
	return token, err
}

func (x *xmlReader) position() string {
	line, column := x.raw.InputPos()
	return fmt.Sprintf("line %d, column %d", line, column)
}

// explain says in one line where reading stopped and what was expected there.
func (x *xmlReader) explain(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, errTooLarge):
		return err
	case errors.Is(err, io.EOF), errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return fmt.Errorf("%s: the document ends too early, expected %s: download it again", x.position(), x.expected())
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: %s: download the document again", x.position(), text(syntax.Msg).clean(200))
	}
	if inner := errors.Unwrap(err); inner != nil {
		err = inner // without the decoder's own words before it
	}
	return fmt.Errorf("%s: %s", x.position(), text(err.Error()).clean(200))
}

func (x *xmlReader) expected() string {
	if n := len(x.open); n > 0 {
		return "the end of <" + text(x.open[n-1]).clean(40) + ">"
	}
	return "<cvrf:cvrfdoc>"
}

func (x *xmlReader) root() (xml.StartElement, error) {
	for {
		token, err := x.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		if start, ok := token.(xml.StartElement); ok {
			return start, nil
		}
	}
}

// children reads what stands in the root element, to its end.
func (x *xmlReader) children(doc *document) error {
	for {
		token, err := x.Token()
		if err != nil {
			return err
		}
		switch element := token.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err := x.child(doc, element); err != nil {
				return err
			}
		}
	}
}

func (x *xmlReader) child(doc *document, start xml.StartElement) error {
	switch start.Name.Local {
	case "DocumentTitle":
		return x.DecodeElement(&doc.title, &start)
	case "DocumentTracking":
		return x.DecodeElement(&doc.tracking, &start)
	case "ProductTree":
		return x.DecodeElement(&doc.tree, &start)
	case "Vulnerability":
		v := vulnerability{where: x.position()}
		if err := x.DecodeElement(&v, &start); err != nil {
			return err
		}
		doc.add(v)
		return nil
	}
	return x.Skip()
}

func (x *xmlReader) nothingMore() error {
	for {
		token, err := x.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			return errors.New("more text follows the end of the document")
		case xml.CharData:
			if strings.TrimSpace(string(token)) != "" {
				return errors.New("more text follows the end of the document")
			}
		}
	}
}
