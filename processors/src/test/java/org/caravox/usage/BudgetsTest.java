package org.caravox.usage;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Currency;
import java.util.Optional;
import java.util.UUID;
import org.caravox.providers.Use;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class BudgetsTest {

    private static final ConnectionFactory NOWHERE = () -> {
        throw new SQLException("there is no database");
    };

    @Test
    void less_than_nothing_cannot_be_reserved() {
        Currency euro = Currency.getInstance("EUR");
        Budgets budgets = new Budgets(Jdbi.create(NOWHERE), tenant -> Optional.empty(), euro, Clock.systemUTC());
        Budget budget = new Budget(BigDecimal.TEN, Budget.Per.DAY);
        BigDecimal amount = new BigDecimal("-0.01");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> budgets.reserve(budget, new UUID(0, 1), Use.DIALOGUE, "acme", amount, Instant.EPOCH))
                .withMessageContaining("-0.01");
    }
}
