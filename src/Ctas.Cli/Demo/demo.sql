-- Four topics of a web shop. A topic with a key is a table: the last record of a key counts, one without a value
-- deletes it. A stream has a row for every record.
CREATE TABLE users_topic (user_id VARCHAR PRIMARY KEY, name VARCHAR, country VARCHAR, tier VARCHAR, signed_up TIMESTAMP)
    WITH (kafka_topic = 'users', value_format = 'JSON');
CREATE TABLE products_topic (product_id VARCHAR PRIMARY KEY, name VARCHAR, category VARCHAR, list_price DECIMAL(10, 2))
    WITH (kafka_topic = 'products', value_format = 'JSON');
CREATE TABLE orders_topic (order_id VARCHAR PRIMARY KEY, user_id VARCHAR, product_id VARCHAR, quantity INT,
                           unit_price DECIMAL(10, 2), status VARCHAR, ordered_at TIMESTAMP)
    WITH (kafka_topic = 'orders', value_format = 'JSON');
CREATE STREAM payments_topic (payment_id BIGINT, order_id VARCHAR, method VARCHAR, amount DECIMAL(12, 2), paid_at TIMESTAMP)
    WITH (kafka_topic = 'payments', value_format = 'JSON');

-- Wave 1: a table for each source; one comes from a file, the large one is compact.
CREATE TABLE users AS SELECT user_id, name, country, tier, signed_up FROM users_topic;
CREATE TABLE products AS SELECT product_id, name, category, list_price FROM products_topic;
CREATE TABLE orders WITH (table_model = 'compact') AS
    SELECT order_id, user_id, product_id, quantity, unit_price, status, ordered_at FROM orders_topic;
CREATE TABLE payments AS SELECT payment_id, order_id, method, amount, paid_at FROM payments_topic;
CREATE TABLE countries AS SELECT code, name, region FROM 'countries.csv';

-- Wave 2: what belongs together.
CREATE TABLE customers AS
    SELECT u.user_id, u.name, u.tier, c.name AS country, c.region
    FROM users u LEFT JOIN countries c ON u.country = c.code;
CREATE TABLE order_lines AS
    SELECT o.order_id, o.user_id, o.status, p.category, o.quantity, o.quantity * o.unit_price AS amount
    FROM orders o JOIN products p ON o.product_id = p.product_id;
CREATE TABLE order_payments AS
    SELECT order_id, COUNT(*) AS payments, SUM(amount) AS paid FROM payments GROUP BY order_id;

-- Wave 3: facts to count.
CREATE TABLE sales AS
    SELECT l.order_id, c.user_id, c.name, c.tier, c.region, l.category, l.quantity, l.amount
    FROM order_lines l JOIN customers c ON l.user_id = c.user_id
    WHERE l.status <> 'cancelled';
CREATE TABLE balances AS
    SELECT l.order_id, l.status, l.amount, p.paid
    FROM order_lines l LEFT JOIN order_payments p ON l.order_id = p.order_id;

-- Wave 4: the figures.
CREATE TABLE revenue_by_region AS
    SELECT region, COUNT(*) AS orders, COUNT(DISTINCT user_id) AS customers, SUM(amount) AS revenue
    FROM sales GROUP BY region;
CREATE TABLE revenue_by_category AS
    SELECT category, SUM(quantity) AS units, SUM(amount) AS revenue, MAX(amount) AS largest
    FROM sales GROUP BY category;
CREATE TABLE customer_totals AS
    SELECT user_id, name, tier, COUNT(*) AS orders, SUM(amount) AS spent
    FROM sales GROUP BY user_id, name, tier HAVING COUNT(*) > 1;
