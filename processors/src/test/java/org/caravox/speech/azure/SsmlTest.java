package org.caravox.speech.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class SsmlTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "</voice><voice name='en-US-GuyNeural'>Someone else.</voice>",
                "<audio src=\"https://example.org/a.wav\"/>",
                "<![CDATA[<break time='10s'/>]]>",
                "&lt;break/&gt; &#60;break/&#62; &undefined;",
                "]]> -- <!-- <?xml version='1.1'?>",
                "\" ' & < >",
                "Ünïcödé, 漢字, 😀\tand\nlines",
            })
    void markup_in_a_text_is_spoken_not_obeyed(String text) throws Exception {
        Element speak = parse(Ssml.document("en-US-JennyNeural", "en-US", null, 1, text));

        Element voice = (Element) speak.getFirstChild();
        assertThat(speak.getChildNodes().getLength()).isEqualTo(1);
        assertThat(voice.getAttribute("name")).isEqualTo("en-US-JennyNeural");
        assertThat(voice.getElementsByTagName("*").getLength()).isZero();
        assertThat(voice.getTextContent()).isEqualTo(text);
    }

    @Test
    void nor_is_markup_in_the_name_of_a_voice() throws Exception {
        String name = "x\"><break time=\"10s\"/><voice name='y'>";

        Element speak = parse(Ssml.document(name, "en\"-US", null, 1, "Hello."));

        assertThat(((Element) speak.getFirstChild()).getAttribute("name")).isEqualTo(name);
        assertThat(speak.getElementsByTagName("break").getLength()).isZero();
    }

    @Test
    void speed_and_another_language_wrap_the_text() throws Exception {
        Element speak = parse(Ssml.document("en-US-AvaMultilingualNeural", "en-US", "de-DE", 0.5, "Hallo & so."));

        Element lang = (Element) speak.getFirstChild().getFirstChild();
        Element prosody = (Element) lang.getFirstChild();
        assertThat(lang.getAttribute("xml:lang")).isEqualTo("de-DE");
        assertThat(prosody.getAttribute("rate")).isEqualTo("-50%");
        assertThat(prosody.getTextContent()).isEqualTo("Hallo & so.");
        assertThat(Ssml.document("v", "en-US", null, 1.25, "x")).contains("rate=\"+25%\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "a\u0007b", "\u001b[31m", "\u007f", "\u0085", "\ud83d", "\ufffe", "\udc00x"})
    void characters_that_no_document_can_hold_are_found(String text) {
        assertThat(Ssml.forbidden(text))
                .hasValueSatisfying(found -> assertThat(found).matches("U\\+[0-9A-F]{4}"));
    }

    @Test
    void line_breaks_tabs_and_emoji_are_fine() {
        assertThat(Ssml.forbidden("a\tb\r\nc 😀 é")).isEmpty();
    }

    private static Element parse(String document) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder()
                .parse(new InputSource(new StringReader(document)))
                .getDocumentElement();
    }
}
