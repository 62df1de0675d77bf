package catalog

import "slices"

// document is the part of a CVRF document that matters here, in the words of the document. One set of types serves both
// forms: the XML tags are those of CVRF 1.1 (matched without regard to the namespace), the JSON tags those of the
// vendor's own JSON rendering of it.
type document struct {
	title           text
	tracking        tracking
	tree            productTree
	vulnerabilities []vulnerability
	skipped         skippedRecords
}

type tracking struct {
	ID struct {
		ID text `xml:"ID" json:"ID"`
	} `xml:"Identification" json:"Identification"`
	Version   text           `xml:"Version" json:"Version"`
	Revisions list[revision] `xml:"RevisionHistory>Revision" json:"RevisionHistory"`
	Initial   text           `xml:"InitialReleaseDate" json:"InitialReleaseDate"`
	Current   text           `xml:"CurrentReleaseDate" json:"CurrentReleaseDate"`
}

type revision struct {
	Number text `xml:"Number" json:"Number"`
}

// productTree names the products twice: in a flat list and in branches.
type productTree struct {
	Products list[product] `xml:"FullProductName" json:"FullProductName"`
	Branches list[branch]  `xml:"Branch" json:"Branch"`
}

type product struct {
	ID   text `xml:"ProductID,attr" json:"ProductID"`
	Name text `xml:",chardata" json:"Value"`
}

// branch is a family of products. In JSON its items are branches or products, told apart by their fields.
type branch struct {
	product
	Items    list[branch]  `xml:"Branch" json:"Items"`
	Products list[product] `xml:"FullProductName" json:"-"`
}

type vulnerability struct {
	where        string
	CVE          text              `xml:"CVE" json:"CVE"`
	Threats      list[threat]      `xml:"Threats>Threat" json:"Threats"`
	Scores       list[score]       `xml:"CVSSScoreSets>ScoreSet" json:"CVSSScoreSets"`
	Remediations list[remediation] `xml:"Remediations>Remediation" json:"Remediations"`
}

type threat struct {
	Type        text       `xml:"Type,attr" json:"Type"`
	Description text       `xml:"Description" json:"Description"`
	Products    list[text] `xml:"ProductID" json:"ProductID"`
}

type score struct {
	Base     text       `xml:"BaseScore" json:"BaseScore"`
	Products list[text] `xml:"ProductID" json:"ProductID"`
}

type remediation struct {
	Type         text       `xml:"Type,attr" json:"Type"`
	Description  text       `xml:"Description" json:"Description"`
	Supercedence text       `xml:"Supercedence" json:"Supercedence"`
	Products     list[text] `xml:"ProductID" json:"ProductID"`
	Restart      text       `xml:"RestartRequired" json:"RestartRequired"`
	SubType      text       `xml:"SubType" json:"SubType"`
	FixedBuild   text       `xml:"FixedBuild" json:"FixedBuild"`
}

// add keeps a vulnerability without the threats and remediations that nothing here asks for: half of a month.
func (d *document) add(v vulnerability) {
	v.Threats = slices.DeleteFunc(v.Threats, func(t threat) bool { return !severityOf.is(t.Type) && !exploitStatus.is(t.Type) })
	v.Remediations = slices.DeleteFunc(v.Remediations, func(r remediation) bool { return !vendorFix.is(r.Type) })
	d.vulnerabilities = append(d.vulnerabilities, v)
}

// kind is a record type: a word in XML, a number in JSON.
type kind struct{ word, number string }

var (
	exploitStatus = kind{"Exploit Status", "1"}
	severityOf    = kind{"Severity", "3"}
	vendorFix     = kind{"Vendor Fix", "2"}
)

func (k kind) is(t text) bool { return t.same(k.word) || t.same(k.number) }

// names maps product ids to names. The flat list wins over the branches.
func (t productTree) names() map[string]string {
	names := map[string]string{}
	for _, b := range t.Branches {
		b.addTo(names)
	}
	addProducts(names, t.Products)
	return names
}

func (b branch) addTo(names map[string]string) {
	addProducts(names, list[product]{b.product})
	addProducts(names, b.Products)
	for _, item := range b.Items {
		item.addTo(names)
	}
}

func addProducts(names map[string]string, products list[product]) {
	for _, p := range products {
		if id, name := p.ID.clean(40), p.Name.clean(200); id != "" && name != "" {
			names[id] = name
		}
	}
}

// mostSkipped bounds the list of skipped records in a bulletin; the count goes on.
const mostSkipped = 1000

type skippedRecords struct {
	listed []Skipped
	count  int
}

func (s *skippedRecords) add(where, reason string) {
	if s.count++; len(s.listed) < mostSkipped {
		s.listed = append(s.listed, Skipped{Where: where, Reason: reason})
	}
}
