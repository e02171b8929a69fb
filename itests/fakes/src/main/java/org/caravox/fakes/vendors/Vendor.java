package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.caravox.fakes.Kind;

/** How a vendor answers. Whatever it is sent, it answers something: the vendor's own refusal at least. */
public interface Vendor {

    /** The credential of a request, wherever this vendor expects it; empty if there is none. */
    String credential(Call call);

    /** What a request with a good credential gets. */
    Reply answer(Call call);

    /** What a request gets that has no credential, or a wrong one. */
    Reply unauthorized(Call call);

    /** What a failure of this kind looks like to this request. */
    Reply failure(Kind kind, Call call);

    /** What a failure with this status looks like. */
    Reply failure(int status, Call call);

    /** What it holds of what it was sent; nothing, where a vendor keeps nothing. */
    default List<JsonNode> records() {
        return List.of();
    }
}
